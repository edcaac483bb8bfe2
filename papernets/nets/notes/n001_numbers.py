"""Notes 001, numbers of the text, in the order of its lines."""

# ruff: noqa: E501 (lines of printed tables)

LENET = """
41   lenet5  side of the input  32x32
47   lenet5  side of the input  32x32
49   lenet5  C1.kernel  5x5
51   lenet5  C1.maps  6
53   lenet5  C1.side  28x28
53   .       32-5 + 1  28
55   lenet5  C1.out  28x28x6
57   .       5*5  25
57   lenet5  C1.maps  6
59   .       (5*5 + 1)*6*28*28  122304
63   lenet5  C1.maps  6
63   lenet5  C1.kernel  5x5
63   lenet5  C1.maps  6
63   lenet5  C1.maps  6
63   lenet5  C1.side  28x28
63   .       32-5 + 1  28
64   lenet5  C1.kernel  5x5
64   lenet5  C1.maps  6
64   lenet5  5*5+1  156
65   lenet5  C1.kernel  5x5
65   .       156*28*28  122304
65   lenet5  C1.connections  122,304
65   lenet5  C1.params  156
69   lenet5  S2.side in  28x28
71   lenet5  S2.kernel  2x2
73   lenet5  inputs of a unit  4
75   lenet5  S2.maps  6
77   lenet5  S2.side  14x14
79   lenet5  S2.out  14x14x6
85   lenet5  share of a map that is left  1/4
89   lenet5  S2.kernel  2x2
89   lenet5  S2.maps  6
89   lenet5  S2.side  14x14
89   .       28/2  14
91   lenet5  S2.kernel  2x2
93   .       2*6  12
93   .       5*14*14*6  5880
97   lenet5  S2.maps  6
99   lenet5  C3.kernel  5x5
101  lenet5  C3.maps  16
103  lenet5  C3.side  10x10
103  .       14 - 5 + 1  10
105  lenet5  S2.maps  6
107  lenet5  first maps of C3, which see three  6
107  lenet5  maps of S2 that these see  3
107  lenet5  next maps of C3, which see four  6
107  lenet5  maps of S2 that those see  4
107  lenet5  maps of S2 that those see  4
110  .       6*(3*5*5 + 1) + 6*(4*5*5 + 1) + 3*(4*5*5 + 1) + 1*(6*5*5 + 1)  1516
112  .       10*10*1516  151600
117  lenet5  C3.maps  16
117  lenet5  C3.side  10x10
117  lenet5  C3.kernel  5x5
117  lenet5  S2.maps  6
117  lenet5  S2.side  14x14
117  lenet5  C3.maps  16
117  lenet5  S2.maps  6
117  lenet5  C3.maps  16
119  lenet5  first maps of C3, which see three  6
119  lenet5  maps of S2 that these see  3
119  lenet5  next maps of C3, which see four  6
119  lenet5  maps of S2 that those see  4
119  lenet5  further maps of C3, which see four that are no neighbours  3
119  lenet5  maps of S2 that those see  4
119  lenet5  C3.kernel  5x5
119  .       6*(3*5*5 + 1) + 6*(4*5*5 + 1) + 3*(4*5*5 + 1) + 1*(6*5*5 + 1)  1516
119  lenet5  C3.side  10x10
119  lenet5  C3.connections  151600
123  lenet5  maps of S2 that these see  3
129  lenet5  S4.side in  10x10
131  lenet5  S4.kernel  2x2
133  lenet5  inputs of a unit  4
135  lenet5  S4.maps  16
137  lenet5  S4.side  5x5
139  .       5*5*16  400
141  .       2*16  32
143  lenet5  16*2*2*16  2000
145  lenet5  share of a map that is left  1/4
149  lenet5  S4.kernel  2x2
149  lenet5  S4.maps  16
149  lenet5  S4.maps  16
149  lenet5  S4.side in  10x10
149  lenet5  S4.kernel  2x2
149  lenet5  S4.maps  16
149  lenet5  S4.side  5x5
149  .       2*16  32
149  .       5*5*5*16  2000
155  lenet5  S4.maps  16
157  lenet5  C5.kernel  5x5
160  lenet5  C5.maps  120
162  lenet5  C5.side  1x1
164  .       120*(16*5*5 + 1)  48120
168  lenet5  S4.maps  16
168  lenet5  S4.side  5x5
168  lenet5  C5.side  1x1
168  lenet5  C5.maps  120
168  lenet5  S4.maps  16
168  .       (5*5*16 + 1)*120  48120
168  lenet5  C5.connections  48120
174  lenet5  F6.maps in  120
178  .       84*(120 + 1)  10164
182  .       7*12  84
182  .       (120 + 1)*84  10164
193  lenet5  output.maps  10
197  lenet5  output.params  840
311  lenet5_keras_28  params  44,426
312  lenet5_keras_28  params  44,426
313  lenet5_keras_28  fixed_params  0
322  .  steps of 128 in an epoch of 60,000  469
322  .  steps of 128 in an epoch of 60,000  469
322  .  seconds of 469 steps of 46 ms  about 22
322  lenet5_keras_28  milliseconds a step  46  paper: one run on a machine that is not named
322  lenet5_keras_28  training loss of the first epoch  0.6072  paper: one run, seed and spread not given
322  lenet5_keras_28  training accuracy of the first epoch  0.8285  paper: one run, seed and spread not given
322  lenet5_keras_28  test loss after one epoch  0.0840  paper: one run, seed and spread not given
322  lenet5_keras_28  test accuracy after one epoch  0.9737  paper: 0.95 % error after 20 epochs, of the paper's
     LeNet-5 (section III-B)
339  .  steps of 32 in 10,000 test pictures  313
339  .  steps of 32 in 10,000 test pictures  313
339  .  seconds of 313 steps of 7 ms  about 2
339  lenet5_keras_28  milliseconds a test step  7  paper: one run on a machine that is not named
339  lenet5_keras_28  test loss after one epoch  0.0840  paper: one run, seed and spread not given
339  lenet5_keras_28  test accuracy after one epoch  0.9737  paper: 0.95 % error after 20 epochs, of the paper's
     LeNet-5 (section III-B)
340  lenet5_keras_28  test loss, all digits  0.08401492983102798  paper: one run, seed and spread not given
341  .  9737 of 10,000 in single precision  0.9736999869346619
"""
ALEXNET = """
348  alexnet  params  60 million
348  alexnet  drop6.rate  0.5
349  .        times that ReLU is faster than tanh  6  paper: six times to 25 % training error, four
     convolutions on CIFAR-10 (section 3.1, figure 1)
362  alexnet  input  227x227x3
362  alexnet  conv1.maps  96
362  alexnet  conv1.kernel  11x11
362  alexnet  conv1.stride  4
368  alexnet  input  227x227x3
368  alexnet  conv1.maps  96
368  alexnet  conv1.kernel  11x11
368  alexnet  conv1.stride  4
372  .        227 + 0 - 11  216
372  .        227 + 0 - 11  216
374  .        216/4  54
374  .        216/4  54
376  .        54 + 1  55
376  .        54 + 1  55
378  alexnet  conv1.maps  96
378  alexnet  conv1.out  55x55x96
379  alexnet  pool1.kernel  (3, 3)
379  alexnet  pool1.stride  2
379  alexnet  pool1.out  27x27x96
379  alexnet  conv2.maps  256
379  alexnet  conv2.kernel  (5, 5)
379  alexnet  conv2.out  27x27x256
380  alexnet  pool2.out  13x13x256
380  alexnet  conv3.maps  384
380  alexnet  conv3.kernel  (3, 3)
380  alexnet  conv4.out  13x13x384
380  alexnet  conv5.maps  256
380  alexnet  conv5.kernel  (3, 3)
380  alexnet  conv5.out  13x13x256
381  alexnet  pool5.out  6x6x256
381  alexnet  dense layers before the output  2
381  alexnet  fc6.maps  4096
381  alexnet  fc8.maps  1000
382  alexnet_keras_bn  classes  6
382  alexnet_keras_bn  classes  6
427  .        training error at which they are compared  25%  paper: 25 % (figure 1)
431  .        times that ReLU converges faster than tanh  6  paper: six times (section 3.1, figure 1)
448  .        solutions of the list under it  4
"""
VGG = """
566  vgg16  conv1_1.kernel  3x3
566  vgg16  conv1_1.stride  1
566  vgg16  pool1.kernel  2x2
566  vgg16  pool1.stride  2
567  vgg16  dense layers before the output  2
567  vgg16  layers with weights  16
567  vgg16  layers with weights  16
567  vgg16  params  138 million
573  vgg16  convolutions  13
574  vgg16  max poolings  5
575  vgg16  dense layers  3
579  vgg16  input  (224, 224, 3)
583  vgg16  conv1_1.maps  64
584  vgg16  conv1_2.maps  64
585  vgg16  conv1_2.side  (224, 224)
589  vgg16  conv2_1.maps  128
591  vgg16  conv2_1.side in  (112, 112)
592  vgg16  conv2_1.maps  128
593  vgg16  conv2_2.maps  128
597  vgg16  conv3_1.maps  256
599  vgg16  conv3_1.side in  (56, 56)
600  vgg16  conv3_1.maps  256
601  vgg16  conv3_2.maps  256
602  vgg16  conv3_3.maps  256
606  vgg16  conv4_1.maps  512
608  vgg16  conv4_1.side in  (28, 28)
609  vgg16  conv4_1.maps  512
610  vgg16  conv4_2.maps  512
611  vgg16  conv4_3.maps  512
617  vgg16  conv5_1.side in  (14, 14)
618  vgg16  conv5_1.maps  512
619  vgg16  conv5_2.maps  512
620  vgg16  conv5_3.maps  512
621  vgg16  pool5.side  (7, 7)
623  vgg16  fc6.maps  4096
623  vgg16  fc6.as a row  (1, 4096)
625  vgg16  fc7.maps  4096
625  vgg16  fc7.as a row  (1, 4096)
628  vgg16  fc8.maps in  4096
628  vgg16  fc8.maps  1000
628  vgg16  classes  1000
633  vgg16  layers with weights  16
633  vgg19  layers with weights  19
633  vgg16  max poolings  5
652  alexnet  conv1.kernel  7x7
652  .        fewest convolutions of a block, VGG-11 left out  2
652  .        most convolutions of a block  4
652  vgg16  conv1_1.kernel  3x3
652  vgg16  conv1_1.stride  1
652  vgg16  pool1.kernel  2*2
652  vgg16  pool1.stride  2
660  .      sides that two 3x3 see  5x5
660  .      sides that three 3x3 see  7x7
660  .      3*(3*3)  27
660  .      7*7  49
678  googlenet  layers with parameters on the longest way  22
682  vgg16  conv1_1.kernel  3x3
682  googlenet  inception_3a.b1x1.kernel  1x1
682  googlenet  inception_3a.b3x3.conv.kernel  3x3
682  googlenet  inception_3a.b5x5.conv.kernel  5x5
767  vgg16_keras_2class  params  134,268,738
768  vgg16_keras_2class  params  134,268,738
769  vgg16_keras_2class  fixed_params  0
775  vgg16  convolutions of block 1  2
775  vgg16  conv1_1.maps  64
775  vgg16  conv1_1.kernel  3x3
776  vgg16  poolings of a block  1
776  vgg16  pool1.kernel  2x2
776  vgg16  pool1.stride  2x2
777  vgg16  convolutions of block 2  2
777  vgg16  conv2_1.maps  128
777  vgg16  conv2_1.kernel  3x3
778  vgg16  poolings of a block  1
778  vgg16  pool2.kernel  2x2
778  vgg16  pool2.stride  2x2
779  vgg16  convolutions of block 3  3
779  vgg16  conv3_1.maps  256
779  vgg16  conv3_1.kernel  3x3
780  vgg16  poolings of a block  1
780  vgg16  pool3.kernel  2x2
780  vgg16  pool3.stride  2x2
781  vgg16  convolutions of block 4  3
781  vgg16  conv4_1.maps  512
781  vgg16  conv4_1.kernel  3x3
782  vgg16  poolings of a block  1
782  vgg16  pool4.kernel  2x2
782  vgg16  pool4.stride  2x2
783  vgg16  convolutions of block 5  3
783  vgg16  conv5_1.maps  512
783  vgg16  conv5_1.kernel  3x3
784  vgg16  poolings of a block  1
784  vgg16  pool5.kernel  2x2
784  vgg16  pool5.stride  2x2
790  vgg16_keras_2class  fc6.maps  4096
791  vgg16_keras_2class  fc7.maps  4096
792  vgg16_keras_2class  fc8.maps  2
794  vgg16_keras_2class  fc7.maps  4096
794  vgg16_keras_2class  fc8.maps  2
794  vgg16_keras_2class  classes  2
"""
RESNET = """
830  plain20  layers with weights  20
830  plain56  layers with weights  56
832  plain56  layers with weights  56
832  .  minutes of training of a VGG of 18 layers  5  paper: no such run; no source is given
832  .  layers of that VGG  18  paper: no such run; VGG has 11, 13, 16 or 19
832  .  its accuracy on CIFAR-10  80%  paper: no such run; no source is given
832  .  layers of another VGG  34  paper: no such run; VGG has 11, 13, 16 or 19
832  .  minutes of its training  8  paper: no such run; no source is given
832  .  its accuracy on CIFAR-10  72%  paper: no such run; no source is given
891  plain34  layers with weights  34
891  resnet34  layers with weights  34
891  resnet34  conv3_1.shortcut.kernel  1x1
893  plain34  layers with weights  34
893  resnet34  layers with weights  34
893  resnet18  layers with weights  18
893  resnet18  layers with weights  18
893  plain18  layers with weights  18
893  plain18  layers with weights  18
898  vgg19  macs  19.6 billion
898  plain34  layers with weights  34
898  plain34  macs  3.6 billion
898  resnet34  layers with weights  34
898  resnet34  macs  3.6 billion
904  plain18  layers with weights  18
904  plain34  layers with weights  34
904  resnet18  layers with weights  18
904  resnet34  layers with weights  34
906  resnet50  conv2_1.conv1.kernel  1x1
906  resnet50  conv2_1.conv2.kernel  3x3
906  resnet50  conv2_1.conv3.kernel  1x1
908  resnet34  conv2_1.conv1.kernel  3x3
908  resnet50  conv2_1.conv1.kernel  1x1
908  resnet50  conv2_1.conv2.kernel  3x3
908  resnet50  conv2_1.conv3.kernel  1x1
908  resnet50  conv2_1.conv2.kernel  3x3
908  resnet50  conv2_1.conv1.kernel  1x1
908  resnet50  conv2_1.conv3.kernel  1x1
913  resnet50  layers with weights  50
913  resnet101  layers with weights  101
913  resnet152  layers with weights  152
915  .  layers of the deepest ResNet for CIFAR-10  1202
915  .  layers of the deepest ResNet for CIFAR-10  1202
935  resnet50  stages  5
935  resnet50  convolutions of a block  3
935  resnet50  convolutions of a block  3
935  resnet50  parameters without the classifier  23 million
"""
INCEPTION = """
1143  inception_naive_3a  inception_3a.b5x5.kernel  5x5
1147  inception_naive_3a  input  28x28x192
1150  inception_naive_3a  inception_3a.b5x5.kernel  5x5
1150  inception_naive_3a  inception_3a.b5x5.maps in  192
1150  inception_naive_3a  inception_3a.b5x5.maps  32
1152  inception_naive_3a  inception_3a.b5x5.out  28x28x32
1154  inception_naive_3a  inception_3a.b5x5.macs  120 Million
1164  inception_reduced_3a  multiply-adds of the 5x5 branch  12.4 Million
1164  inception_naive_3a  inception_3a.b5x5.macs  120 Million
1180  googlenet  layers with parameters on the longest way  22
1181  googlenet  inception modules  9
1181  googlenet  layers with parameters on the longest way  22
1181  googlenet  layers on the longest way, pooling counted  27
1188  .  per cent that 1x3 and 3x1 save on 3x3  33
1188  inception_v3  least side at which 1xn and nx1 do well  12  paper: between 12 and 20 (section 3.2)
1188  inception_v3  largest side at which 1xn and nx1 do well  20  paper: between 12 and 20 (section 3.2)
1198  .  weights of 5x5 over those of 3x3  about 2.78
1202  .  per cent that 1x3 and 3x1 save on 3x3  33
1232  bn_inception  times that the learning rate falls faster  6  paper: 6 times (section 4.2.1)
1235  bn_inception  accuracy that shuffling within a shard adds  1%  paper: about 1 % on the validation
      set (section 4.2.1)
1259  inception_v3  sides that 1x7 and 7x1 see  7x7
1260  inception_v3  error that label smoothing saves  0.2%  paper: about 0.2 %, top-1 and top-5 (section 7)
1308  inception_resnet_v2  filters beyond which training dies  1,000  paper: 1000 (section 3.3)
1312  inception_resnet_v2  least scale of residuals  0.1  paper: between 0.1 and 0.3 (section 3.3)
1312  inception_resnet_v2  largest scale of residuals  0.3  paper: between 0.1 and 0.3 (section 3.3)
1314  inception_resnet_v2  learning rate that does not help  0.00001  paper: 0.00001 (section 3.3)
1321  inception_resnet_v2  scale of residuals in the figure  0.1  paper: around 0.1 (figure 20)
"""
ASIDES = """
a window's size, as the name of a kind of layer
    660:3,1,3,3,3,3,7,7,3,3,3,3,7,7,7,7 662:1,1,1,1 666:3,3,3,7,7 670:3,3,3,7,7,3,3,3,3 672:1,1 676:1,1
    1132:1,1,3,3,5,5 1158:1,1 1160:1,1,5,5 1187:5,5 1188:5,5,3,3,3,3,1,3,3,1,3,3,3,3
    1198:5,5,3,3,5,5,3,3,3,3,5,5 1202:1,1,3,3,1,3,3,1,3,3 1252:1,1 881:1,1 1289:1,1
what a formula or an example starts from
    57:5,5,1,6 64:1 65:1 77:28,2 81:2,6 83:2,2,1,6,14,14 137:10,2 162:5,5,1 197:0,9,0,7,12,1,0,84,10
    364:2,1,2,1 370:227,0,11,4,1,227,0,11,4,1 372:4,1,4,1 374:1,1 438:0,2,1,2,2 195:2 423:0 436:0 860:0 887:0
    431:0,1,0 182:1,1 193:0,9,0 119:6 1154:28,28,32,5,5,192
    1164:28,28,16,1,1,192,28,28,32,5,5,16 794:0,1
the number of a criterion
    881:3
a runner-up's place
    1123:1
one layer a line of a list
    790:1 791:1 792:1
a title of slides in round numbers
    837:10,100
"""
