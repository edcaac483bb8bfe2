"""Notes 001, numbers of the text on VGG, ResNet and Inception, in the order of its lines."""

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
1188  inception_v3  least side at which 1xn and nx1 do well  12  paper: between 12 and 20
     (section 3.2)
1188  inception_v3  largest side at which 1xn and nx1 do well  20  paper: between 12 and 20
     (section 3.2)
1198  .  weights of 5x5 over those of 3x3  about 2.78
1202  .  per cent that 1x3 and 3x1 save on 3x3  33
1232  bn_inception  times that the learning rate falls faster  6  paper: 6 times (section 4.2.1)
1235  bn_inception  accuracy that shuffling within a shard adds  1%  paper: about 1 % on the
     validation
      set (section 4.2.1)
1259  inception_v3  sides that 1x7 and 7x1 see  7x7
1260  inception_v3  error that label smoothing saves  0.2%  paper: about 0.2 %, top-1 and top-5
     (section 7)
1308  inception_resnet_v2  filters beyond which training dies  1,000  paper: 1000 (section 3.3)
1312  inception_resnet_v2  least scale of residuals  0.1  paper: between 0.1 and 0.3 (section 3.3)
1312  inception_resnet_v2  largest scale of residuals  0.3  paper: between 0.1 and 0.3 (section 3.3)
1314  inception_resnet_v2  learning rate that does not help  0.00001  paper: 0.00001 (section 3.3)
1321  inception_resnet_v2  scale of residuals in the figure  0.1  paper: around 0.1 (figure 20)
"""
