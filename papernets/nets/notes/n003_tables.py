"""Notes 003, its printed tables and the numbers of its text, line by line."""

# ruff: noqa: E501 (lines of printed tables)

LECTURE = """
755 - | 1. Input Layer: |  |  | (32, 32, 3){input} | 3072{values of the input} | 0{parameters of the input layer}
756 CONV1 | 2. CONV1 | f=5{kernel} | s=1{stride} | (28, 28, 8) | 6272 | 608
757 POOL1 | 3. POOL1 |  |  | (14, 14, 8) | 1568 | 0
758 CONV2 | 4. CONV2 | f=5{kernel} | s=1{stride} | (10, 10, 16) | 1600 | 3216
759 POOL2 | 5. POOL2 |  |  | (5, 5, 16) | 400 | 0
760 FC3 | 6. FC3 |  |  | (120, 1){vector} | 120 | 48120
761 FC4 | 7. FC4 |  |  | (84, 1){vector} | 84 | 10164
762 softmax | 8. Softmax |  |  | (10, 1){vector} | 10 | 850
773 - | 1. Input Layer: |  |  | (32, 32, 3){input} | 3072{values of the input} | 0{parameters of the input layer}
774 CONV1 | 2. CONV1 | f=5{kernel} | s=1{stride} | (28, 28, 8) | 6272 | 608
775 POOL1 | 3. POOL1 |  |  | (14, 14, 8) | 1568 | 0
776 CONV2 | 4. CONV2 | f=5{kernel} | s=1{stride} | (10, 10, 16) | 1600 | 3216
777 POOL2 | 5. POOL2 |  |  | (5, 5, 16) | 400 | 0
778 FC3 | 6. FC3 |  |  | (120, 1){vector} | 120 | 48120
779 FC4 | 7. FC4 |  |  | (84, 1){vector} | 84 | 10164
780 softmax | 8. Softmax |  |  | (10, 1){vector} | 10 | 850
"""
FAMILY = """
918 vgg11 | VGG-11{word} | 133{params in millions} | 10.4{top-5 error in per cent}
919 vgg11 | Image | Conv3-64 | Max pool | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Max pool | Conv3-512 | Conv3-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
920 vgg11_lrn | VGG-11 (LRN){word} | 133{params in millions} | 10.5{top-5 error in per cent}
921 vgg11_lrn | Image | Conv3-64 | LRN | Max pool | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Max pool | Conv3-512 | Conv3-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
922 vgg13 | VGG-13{word} | 133{params in millions} | 9.9{top-5 error in per cent}
923 vgg13 | Image | Conv3-64 | Conv3-64 | Max pool | Conv3-128 | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Max pool | Conv3-512 | Conv3-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
924 vgg16_conv1 | VGG-16 (Conv1){word} | 134{params in millions} | 9.4{top-5 error in per cent}
925 vgg16_conv1 | Image | Conv3-64 | Conv3-64 | Max pool | Conv3-128 | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Conv1-256 | Max pool | Conv3-512 | Conv3-512 | Conv1-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
926 vgg16 | VGG-16{word} | 138{params in millions} | 8.8{top-5 error in per cent}
927 vgg16 | Image | Conv3-64 | Conv3-64 | Max pool | Conv3-128 | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Conv3-256 | Max pool | Conv3-512 | Conv3-512 | Conv3-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
928 vgg19 | VGG-19{word} | 144{params in millions} | 9.0{top-5 error in per cent}
929 vgg19 | Image | Conv3-64 | Conv3-64 | Max pool | Conv3-128 | Conv3-128 | Max pool | Conv3-256 | Conv3-256 | Conv3-256 | Conv3-256 | Max pool | Conv3-512 | Conv3-512 | Conv3-512 | Conv3-512 | Max pool | FC-4096 | FC-4096 | FC-1000 | Soft-max
"""
COMPARISON = """
1045 alexnet | Alexnet | 8{layers with weights} | 61{params in millions} | 227{about float32 parameters in thousandths of 2^30 bytes}
1046 googlenet | GoogLeNet | 22{layers with parameters on the longest way} | 7{params in millions} | 27{about megabytes of parameters, 2^20 bytes each}
1047 inception_v3 | Inception-v3 | 48{depth} | 23.9{params in millions} | 89{about float32 parameters in thousandths of 2^30 bytes}
1048 vgg16 | VGG-16 | 16{layers with weights} | 138{params in millions} | 515{about float32 parameters in thousandths of 2^30 bytes}
1049 resnet18 | ResNet18 | 18{layers with weights} | 25.6{params in millions} | 96{megabytes in single precision}
1050 resnet50 | ResNet50 | 50{layers with weights} | 44.6{params in millions} | 167{megabytes in single precision}
"""
NUMBERS = """
80    .             3+4+0+6+0+0+0+45+2  60
206   .             sum of red under kernel channel 1  308
216   .             sum of green under kernel channel 2  -498
226   .             sum of blue under kernel channel 3  164
236   .             the three sums and a bias of 1  -25
259   .             32*32*3*28*28*6  14 million
260   lecture_cnn   parameters of six 5x5 kernels on 32x32x3  156
403   .             sides of the image  6x6
412   .             sides of the image  6x6
412   .             sides of the filter  3x3
421   .             sides of the image  6x6
429   .             sides of the filter  3x3
433   .             sides of the output  4x4
433   .             sides of the output  4x4
439   .             sides of the filter  3x3
439   .             sides of the image  6x6
439   .             sides of the output  4x4
439   .             3*1 + 0 + 1*-1 + 1*1 + 5*0 + 8*-1 + 2*1 + 7*0 + 2*-1  -5
439   .             sides of the output  4x4
447   .             sides of the output  4x4
454   .             sides of the image  6x6
454   .             sides of the filter  3x3
454   .             sides of the output  4x4
519   .             sides of the picture  6x6
539   .             sides of filter 1  3x3
555   .             sides of the picture  6x6
577   .             sides of the picture  6x6
602   .             sides of the picture  6x6
629   .             sides of the picture  6x6
643   .             sides of the map  4x4
682   .             sides of the picture  6x6
764   lecture_cnn   parameters of the input layer  0
766   .             ((5*5*3) + 1)*8  608
768   lecture_cnn   POOL1.params  0
782   lecture_cnn   CONV2.kernel  5*5
782   lecture_cnn   CONV2.stride  1
782   .             (((5*5*8)+1)*16)  3216
786   .             120*400+1*120  48120
788   .             84*120+1*84  10164
790   .             10*84+1*10  850
815   lenet5        layers, pooling counted  7
821   lenet5        side of the input  32x32
833   lenet5        C1.maps  6
833   lenet5        C1.kernel  5x5
833   lenet5        C1.stride  1
834   lenet5        S2.kernel  2x2
834   lenet5        S2.stride  2
835   lenet5        C3.maps  16
835   lenet5        C3.kernel  5x5
835   lenet5        C3.stride  1
836   lenet5        S4.kernel  2x2
836   lenet5        S4.stride  2
837   lenet5        C5.maps  120
838   lenet5        F6.maps  84
838   lenet5        F6.maps in  120
839   lenet5        output.maps  10
844   lenet5        layers, pooling counted  7
852   lenet5        params  60k
867   alexnet       conv1.kernel  11x11
867   alexnet       convolutions  5
869   alexnet       classes  1000
882   alexnet       conv1.maps  96
882   alexnet       conv1.kernel  11x11
882   alexnet       conv1.stride  4
883   alexnet       pool1.kernel  3x3
883   alexnet       pool1.stride  2
884   alexnet       conv2.maps  256
884   alexnet       conv2.kernel  5x5
884   alexnet       conv2.stride  4
885   alexnet       pool2.kernel  3x3
885   alexnet       pool2.stride  2
886   alexnet       conv3.maps  384
886   alexnet       conv3.kernel  3x3
886   alexnet       conv3.stride  4
887   alexnet       conv4.maps  384
887   alexnet       conv4.kernel  3x3
887   alexnet       conv4.stride  4
888   alexnet       conv5.maps  256
888   alexnet       conv5.kernel  3x3
888   alexnet       conv5.stride  4
889   alexnet       pool5.kernel  3x3
889   alexnet       pool5.stride  2
890   alexnet       flatten.size  9261
890   alexnet       fc6.maps  4096
891   alexnet       fc7.maps  4096
899   vgg16         conv1_1.kernel  3x3
901   vgg16         layers of VGG  19
909   alexnet       conv1.kernel  11x11
909   alexnet       conv2.kernel  5x5
909   vgg16         conv1_1.kernel  3x3
909   vgg16         conv1_1.kernel  3x3
909   .             sides that two 3x3 see  5x5
909   .             sides that three 3x3 see  7x7
935   vgg16         conv1_1.kernel  3x3
935   vgg16         conv1_1.stride  1
939   vgg16         pool1.kernel  2
939   vgg16         pool1.stride  2
943   vgg16         params  138 million
994   googlenet     top-5 error on the test set  6.67  paper: 6.67 %, seven networks (table 2)
996   googlenet     layers with parameters on the longest way  22
1014  googlenet     layers with parameters on the longest way  22
1014  googlenet     layers on the longest way, pooling counted  27
1023  mobilenet_v1  layers with weights  22
1023  mobilenet_v1  layers with weights and pooling  27
1027  mobilenet_v1  pw1.kernel  1x1
"""
ASIDES = """
the picture of a digit, or the range of the digits
    40:8 54:8,0,1 819:0,9
what a formula or an example starts from
    58:2 133:1 139:2,1 143:3,3 234:1 236:1 546:1 568:2 587:1 593:1 619:1
    260:5,5,1,6,6 766:1 782:1 786:1 788:1 790:1
a range in words: between 0 and 1
    333:0,1
two matrices that are multiplied
    88:2
superscripts of a formula
    965:2,2,1
a stray character
    886:2
"""
