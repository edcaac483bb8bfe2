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
322  lenet5_keras_28  training loss of the first epoch  0.6072  paper: one run, seed and spread
     not given
322  lenet5_keras_28  training accuracy of the first epoch  0.8285  paper: one run, seed and
     spread not given
322  lenet5_keras_28  test loss after one epoch  0.0840  paper: one run, seed and spread not given
322  lenet5_keras_28  test accuracy after one epoch  0.9737  paper: 0.95 % error after 20 epochs,
     of the paper's
     LeNet-5 (section III-B)
339  .  steps of 32 in 10,000 test pictures  313
339  .  steps of 32 in 10,000 test pictures  313
339  .  seconds of 313 steps of 7 ms  about 2
339  lenet5_keras_28  milliseconds a test step  7  paper: one run on a machine that is not named
339  lenet5_keras_28  test loss after one epoch  0.0840  paper: one run, seed and spread not given
339  lenet5_keras_28  test accuracy after one epoch  0.9737  paper: 0.95 % error after 20 epochs,
     of the paper's
     LeNet-5 (section III-B)
340  lenet5_keras_28  test loss, all digits  0.08401492983102798  paper: one run, seed and spread
     not given
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
431  .        times that ReLU converges faster than tanh  6  paper: six times (section 3.1,
     figure 1)
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
the number of items in a list
    448:4
the number of a criterion
    881:3
a runner-up's place
    1123:1
one layer a line of a list
    790:1 791:1 792:1
a title of slides in round numbers
    837:10,100
"""
