"""Notes 000, numbers of the text, in the order of its lines."""

LENET = """
35   lenet5  layers, pooling counted  7
37   lenet5  convolutions of any kind  3
39   lenet5  subsamplings  2
41   lenet5  dense layers  1
43   lenet5  C1.kernel  5x5
44   lenet5  C1.stride  1
46   lenet5  S2.kernel  2 x 2
66   lenet5  output.maps  10
68   lenet5  output.maps in  84
71   lenet5  output.maps in  84
72   .       sides of a bitmap that 84 weights fill  7x12
76   lenet5  output.maps  10
78   lenet5  error on MNIST, below  1%  paper: 0.95 % (section III-B)
86   lenet1  side of the input  28×28
87   lenet1  H1.side  24×24
87   lenet1  H1.kernel  5×5
88   lenet1  H2.kernel  2×2
89   lenet1  H3.side  12×12  a 5x5 window on 12x12 gives 8x8
89   lenet1  H3.kernel  5×5
90   lenet1  H4.kernel  2×2
94   lenet1  error on MNIST  1.7%  paper: 1.7 % (LeCun et al. 1998, section III-C)
97   lenet1  H2.kernel  2×2
99   lenet1  H2.kernel  2×2
104  lenet4  side of the input  32×32
105  lenet4  C1.side  28×28
105  lenet4  C1.kernel  5×5
106  lenet4  S2.kernel  2×2
107  lenet4  C3.side  10×10
107  lenet4  C3.kernel  5×5
108  lenet4  S4.kernel  2×2
109  lenet4  C5.maps  120
110  lenet4  output.maps  10
113  lenet4  error on MNIST  1.1%  paper: 1.1 % (section III-C)
122  lenet5  side of the input  32×32
123  lenet5  C1.side  28×28
123  lenet5  C1.kernel  5×5
124  lenet5  S2.kernel  2×2
125  lenet5  C3.side  10×10
125  lenet5  C3.kernel  5×5
126  lenet5  S4.kernel  2×2
127  lenet5  C5.maps  120
128  lenet5  F6.maps  84
129  lenet5  output.maps  10
132  lenet5  error on MNIST  0.95%  paper: 0.95 % (section III-B)
146  boosted_lenet4  error on MNIST  0.7%  paper: 0.7 % (section III-C)
153  lenet1  error on MNIST  1.7%  paper: 1.7 % (LeCun et al. 1998, section III-C)
155  lenet4  error on MNIST  1.1%  paper: 1.1 % (section III-C)
157  lenet5  error on MNIST  0.95%  paper: 0.95 % (section III-B)
159  boosted_lenet4  error on MNIST  0.7%  paper: 0.7 % (section III-C)
167  lenet5_modern  input  32x32x1
167  lenet5_modern  conv1.out  28x28x6
169  lenet5_modern  pool1.input  28x28x6
169  lenet5_modern  pool1.out  14x14x6
172  lenet5_modern  conv2.input  14x14x6
172  lenet5_modern  conv2.out  10x10x16
174  lenet5_modern  pool2.input  10x10x16
174  lenet5_modern  pool2.out  5x5x16
176  lenet5_modern  flatten.input  5x5x16
176  lenet5_modern  fc1.out  120
178  lenet5_modern  fc2.maps in  120
178  lenet5_modern  fc2.out  84
180  lenet5_modern  out.maps  10
185  lenet5  C1.maps  6
186  lenet5  C1.kernel  5×5
186  lenet5  C1.stride  1
186  lenet5  input  32×32×1
187  lenet5  C1.out  28×28×6
189  lenet5  S2.maps  6
190  lenet5  S2.kernel  2×2
190  lenet5  S2.stride  2
197  lenet5  S2.out  14×14×6
200  lenet5  C3.maps  16
201  lenet5  C3.out  10×10×16
204  lenet5  S4.maps  16
205  lenet5  S4.out  5×5×16
207  lenet5  C5.maps  120
207  lenet5  C5.kernel  5×5
208  lenet5  C5.input  5×5×16
209  lenet5  C5.kernel  5×5
209  lenet5  C5.out  1×1×120
212  lenet5  C5.place, pooling counted  5
215  lenet5  side of the input  32×32
216  lenet5  C5.side  1×1
219  lenet5  F6.maps in  120
219  lenet5  F6.maps  84
224  lenet5  output.maps  10
"""
ALEXNET = """
247  alexnet  layers with weights  8
249  alexnet  convolutions  5
251  alexnet  dense layers  3
254  alexnet  classes  1000
315  alexnet  layers with weights  8
347  alexnet  layers with weights  8
364  alexnet  groups of conv2: GPUs  2
374  alexnet  top-1 error that normalisation saves  1.4%  paper: 1.4 % (section 3.3)
374  alexnet  top-5 error that normalisation saves  1.2%  paper: 1.2 % (section 3.3)
388  alexnet  maps that a normalisation sees  5
400  alexnet  top-1 error that normalisation saves  1%  paper: 1.4 % (section 3.3), as line 374 says
418  alexnet  top-1 error that overlapping saves  0.4%  paper: 0.4 % (section 3.4)
419  alexnet  top-5 error that overlapping saves  0.3%  paper: 0.3 % (section 3.4)
426  alexnet  pool1.kernel  3
426  alexnet  pool1.stride  2
427  alexnet  pool1.kernel  3x3
428  alexnet  pool1.stride  2
430  alexnet  top-1 error that overlapping saves  0.4%  paper: 0.4 % (section 3.4)
430  alexnet  top-5 error that overlapping saves  0.3%  paper: 0.3 % (section 3.4)
436  alexnet  params  60 million
467  alexnet  top-1 error that augmentation saves  1%  paper: over 1 %, of the shift of colours
     alone
     (section 4.1)
478  .        2*(256 - 224)*(256 - 224)  2048
486  alexnet  channels of the input  3
487  alexnet  sides of the colours' covariance  3x3
487  alexnet  channels of the input  3
488  alexnet  channels of the input  3
491  alexnet  top-1 error that the shift of colours saves, over  1%  paper: over 1 % (section 4.1)
498  .        crops: four corners and the centre  5
499  .        corners of a rectangle  4
500  .        5 crops, and mirrored  10
512  alexnet  drop6.rate  0.5
527  alexnet  drop6.rate  0.5
528  alexnet  drop6.rate  50%
544  alexnet  layers with weights  8
545  alexnet  convolutions  5
545  alexnet  dense layers  3
551  alexnet  groups of conv2: GPUs  2
552  alexnet  groups of conv2: GPUs  2
559  alexnet  factor by which the learning rate falls  10  paper: 10 (section 5)
592  googlenet  top-5 error on the test set  6.7%  paper: 6.67 %, seven networks (table 2)
592  resnet152  top-5 error on the test set, six networks  3.6%  paper: 3.57 % (table 5)
597  zfnet    top-5 error of the winner of ILSVRC-2013  14.8%
"""
ASIDES = """
a window's size, as the name of a kind of layer
    584:5,5 742:3,3 744:3,3 757:3,3 781:7,7 791:3,3 794:3,3 799:3,3 800:7,7 802:3,3 803:7,7 982:3,3
    1008:1,1 1011:1,1 1065:5,5 1066:3,3 1075:5,5 1076:3,3 1085:5,5 1105:1,1 1107:1,1 1108:1,1
    1110:1,1 1119:1,1 1120:3,3,5,5,3,3 1129:1,1,3 1130:3 1145:5,5 1156:1,1 1159:1,1 1160:3,3,5,5
    1162:1,1 1175:1,1,3,3 1176:5,5,1,1 1186:1,1 1193:3,3 1200:5,5 1214:1,1 1220:3,3 1226:5,5
    1230:3,3 1315:1,1,5,5 1378:5,5,3,3 1380:5,5 1381:3,3,3,3 1388:5,5 1389:3,3 1392:1,1
    1393:3,3,1,3 1394:3,1 1396:3,3 1401:3 1402:5,5,3,3 1403:1,3,3,1 1452:7,7 207:5,5
what a formula or an example starts from
    751:1 753:224,224 754:224,224 755:1 762:224,3,1 764:1 768:222,3,1 770:1 774:220,3,1 776:1
    784:224,7,1 786:1 1111:64,64,100,100 1184:1 1188:1,1,200,200 1191:1 1195:3,3,200,200
    1198:200,3,1,1 1202:5,5,200,200 1205:200,5,1,1
machines, not networks
    358:4,8 360:1000
the number of ideas in a list
    11:3
the first runner-up
    612:1
a scale of pictures in the heading of a picture
    988:256
"""
