"""Notes 000, numbers of the text on VGG and Inception, in the order of its lines."""

VGG = """
609  vgg16  layers with weights  16
610  vgg16  layers with weights  16
621  vgg11  convolutions  8
621  vgg11  dense layers  3
622  vgg19  convolutions  16
623  vgg19  dense layers  3
625  vgg16  max poolings  5
634  vgg16  conv1_1.kernel  3x3
634  vgg16  pool1.kernel  2x2
635  vgg16  input  224x224x3
636  vgg16  conv1_2.out  224x224x64
637  vgg16  pool1.out  112x112x64
639  vgg16  conv2_2.out  112x112x128
641  vgg16  pool2.out  56x56x128
643  vgg16  conv3_3.out  56x56x256
644  vgg16  pool3.out  28x28x256
646  vgg16  conv4_3.out  28x28x512
647  vgg16  pool4.out  14x14x512
649  vgg16  conv5_3.out  14x14x521
650  vgg16  pool5.out  7x7x521
651  vgg16  fc6.out  4090
652  vgg16  fc8.maps  1000
653  vgg16  classes  1000
684  vgg16  convolutions  13
684  vgg16  max poolings  5
684  vgg16  convolutions  13
685  vgg16  max poolings  5
685  vgg16  dense layers  3
686  vgg16  dense layers  3
687  vgg16  layers with weights  16
687  vgg16  convolutions  13
688  vgg16  dense layers  3
689  vgg16  classes  1000
692  vgg16  conv1_1.maps  64
693  .      128/64  2
694  vgg16  conv5_3.maps  512
703  vgg16  blocks of two convolutions  2
703  vgg16  convolutions of block 1  2
704  vgg16  blocks of three convolutions  3
705  vgg16  convolutions of block 3  3
706  vgg16  dense layers  3
706  vgg16  convolutions of block 5  3
716  vgg16  side of the input  224 x 224
716  vgg16  channels of the input  3
720  vgg16  conv1_1.kernel  3 x 3
720  vgg16  conv1_1.stride  1
725  vgg16  pool1.kernel  2
726  vgg16  pool1.kernel  2
726  vgg16  pool1.stride  2
733  vgg16  fc6.maps  4096
735  vgg16  fc8.maps  1000
741  vgg16  conv1_1.kernel  3 x 3
744  .      sides that two 3x3 see  5×5
745  .      sides that three 3x3 see  7 × 7
764  .      (224 - 3)/1 + 1  222
770  .      (222 - 3)/1 + 1  220
776  .      (220 - 3)/1 + 1  218
779  .      sides after three 3x3 on 224  218 x 218
786  .      (224 - 7)/1 + 1  218
788  .      sides after one 7x7 on 224  218 x 218
792  .      sides that three 3x3 see  7 × 7
803  .      3*3*3  27
804  .      7*7  49
804  vgg16  per cent that 49 is more than 27  about 81
"""
CALCULATED = """
815  vgg16  side of the input  224 x 224
817  vgg16  conv1_1.place among its kind  1
819  vgg16  conv1_1.side in  224
821  vgg16  conv1_1.kernel  3 x 3
823  vgg16  conv1_1.maps  64
825  vgg16  conv1_1.stride  1
827  vgg16  conv1_1.padding  1
829  .  (224 - 3 + 2)/1 + 1  224
831  vgg16  conv1_1.out  224 x 224 x 64
833  vgg16  conv1_2.place among its kind  2
835  vgg16  conv1_2.side in  224
837  vgg16  conv1_2.kernel  3 x 3
839  vgg16  conv1_2.maps  64
841  vgg16  conv1_2.stride  1
843  vgg16  conv1_2.padding  1
845  .  (224 - 3 + 2)/1 + 1  224
847  vgg16  conv1_2.out  224 x 224 x 64
849  vgg16  pool1.place among its kind  1
851  vgg16  pool1.side in  224
853  vgg16  pool1.kernel  2 x 2
855  vgg16  pool1.stride  2
857  vgg16  pool1.padding  0
859  .  (224 - 2 + 0)/2 + 1  112
861  vgg16  pool1.out  112 x 112 x 64
863  vgg16  conv2_1.place among its kind  3
865  vgg16  conv2_1.side in  112
867  vgg16  conv2_1.kernel  3 x 3
869  vgg16  conv2_1.maps  128
871  vgg16  conv2_1.stride  1
873  vgg16  conv2_1.padding  1
875  .  (112 - 3 + 2)/1 + 1  112
877  vgg16  conv2_1.out  112 x 112 x 128
879  vgg16  conv2_2.place among its kind  4
881  vgg16  conv2_2.side in  112
883  vgg16  conv2_2.kernel  3 x 3
885  vgg16  conv2_2.maps  128
887  vgg16  conv2_2.stride  1
889  vgg16  conv2_2.padding  1
891  .  (112 - 3 + 2)/1 + 1  112
893  vgg16  conv2_2.out  112 x 112 x 128
895  vgg16  pool2.place among its kind  2
897  vgg16  pool2.side in  112
899  vgg16  pool2.kernel  2 x 2
901  vgg16  pool2.stride  2
903  vgg16  pool2.padding  0
905  .  (112 - 2 + 0)/2 + 1  56
907  vgg16  pool2.out  56 x 56 x 128
909  vgg16  conv3_1.place among its kind  5
911  vgg16  conv3_1.side in  56
913  vgg16  conv3_1.kernel  3 x 3
915  vgg16  conv3_1.maps  256
917  vgg16  conv3_1.stride  1
919  vgg16  conv3_1.padding  1
921  .  (56 - 3 + 2)/1 + 1  56
923  vgg16  conv3_1.out  56 x 56 x 256
925  vgg16  conv3_2.place among its kind  6
927  vgg16  conv3_2.side in  56
929  vgg16  conv3_2.kernel  3 x 3
931  vgg16  conv3_2.maps  256
933  vgg16  conv3_2.stride  1
935  vgg16  conv3_2.padding  1
937  .  (56 - 3 + 2)/1 + 1  56
939  vgg16  conv3_2.out  56 x 56 x 256
941  vgg16  conv3_3.place among its kind  7
943  vgg16  conv3_3.side in  56
945  vgg16  conv3_3.kernel  3 x 3
947  vgg16  conv3_3.maps  256
949  vgg16  conv3_3.stride  1
951  vgg16  conv3_3.padding  1
953  .  (56 - 3 + 2)/1 + 1  56
955  vgg16  conv3_3.out  56 x 56 x 256
957  vgg16  pool3.place among its kind  3
959  vgg16  pool3.side in  56
961  vgg16  pool3.kernel  2 x 2
963  vgg16  pool3.stride  2
965  vgg16  pool3.padding  0
967  .  (56 - 2 + 0)/2 + 1  28
969  vgg16  pool3.out  28 x 28 x 256
"""
RESULTS = """
977  vgg16    conv1_1.kernel  3 x 3
977  vgg16    conv1_1.stride  1
978  alexnet  conv2.kernel  5 x 5
978  alexnet  conv3.kernel  3 x 3
993  vgg11        top-5 error, S = Q = 256  10.4%  paper: 10.4 % (table 3)
997  vgg11_lrn    top-5 error, S = Q = 256  10.5%  paper: 10.5 % (table 3)
1004  vgg13       top-5 error, S = Q = 256  9.9%  paper: 9.9 % (table 3)
1007  vgg16_conv1  top-5 error, S = Q = 256  9.4%  paper: 9.4 % (table 3); 9.3 at 384
1018  vgg16       top-5 error, S = Q = 256  8.8%  paper: 8.8 % (table 3); 8.1 with scale jitter
1021  vgg19       top-5 error, S = Q = 256  9.0%  paper: 9.0 % (table 3); 8.0 with scale jitter
1008  vgg16_conv1  conv3_3.kernel  1×1
1039  googlenet   layers with parameters on the longest way  22
"""
INCEPTION = """
1110  .  maps of 20 1x1 filters  20
1112  .  size of 64x64x100 under 20 1x1 filters  64x64x20
1191  .  (200 - 1)/1 + 1  200
1198  inception_naive_3a  height after a 3x3 convolution of a module on 200x200  198
1205  inception_naive_3a  height after a 5x5 convolution of a module on 200x200  196
1303  inception_naive_3a  sizes of windows of convolutions  3
1304  inception_naive_3a  inception_3a.b1x1.kernel  1x1
1304  inception_naive_3a  inception_3a.b3x3.kernel  3x3
1304  inception_naive_3a  inception_3a.b5x5.kernel  5x5
1313  googlenet  inception_3a.b3x3.reduce.kernel  1x1
1314  googlenet  inception_3a.b3x3.conv.kernel  3x3
1314  googlenet  inception_3a.b5x5.conv.kernel  5x5
1317  googlenet  inception_3a.pool.project.kernel  1x1
1334  googlenet  inception modules  9
1334  googlenet  layers with parameters on the longest way  22
1335  googlenet  layers on the longest way, pooling counted  27
1347  googlenet  weight of a head's loss  0.3
1350  googlenet  weight of a head's loss  0.3
1350  googlenet  weight of a head's loss  0.3
1380  .  weights of 5x5 over those of 3x3  about 2.78
1395  .  per cent that 1x3 and 3x1 save on 3x3  33
1506  inception_v4  reduction_a.side in  35x35
1506  inception_v4  reduction_a.side  17x17
1507  inception_v4  reduction_b.side in  17x17
1507  inception_v4  reduction_b.side  8x8
"""
