"""Notes 001, its printed tables, line by line."""

# ruff: noqa: E501 (lines of printed tables)

LENET = """
28 - | Input | Image | 1{channels of the input} | 32x32{side of the input} | - | - | -
29 C1 | 1 | Convolution | 6 | 28x28 | 5x5 | 1 | tanh
30 S2 | 2 | Average Pooling | 6 | 14x14 | 2x2 | 2 | tanh
31 C3 | 3 | Convolution | 16 | 10x10 | 5x5 | 1 | tanh
32 S4 | 4 | Average Pooling | 16 | 5x5 | 2x2 | 2 | tanh
33 C5 | 5 | Convolution | 120 | 1x1 | 5x5 | 1 | tanh
34 F6 | 6 | FC | - | 84{maps} | - | - | tanh
35 output | Output | FC | - | 10{maps} | - | - | softmax
"""
KERAS_LENET = """
302 conv1 | conv2d_2 (Conv2D) | (None, 24, 24, 6) | 156
303 pool1 | max_pooling2d_2 (MaxPooling2D) | (None, 12, 12, 6) | 0
304 conv2 | conv2d_3 (Conv2D) | (None, 8, 8, 16) | 2416
305 pool2 | max_pooling2d_3 (MaxPooling2D) | (None, 4, 4, 16) | 0
306 flatten | flatten_1 (Flatten) | (None, 256)~256{maps} | 0
307 fc1 | dense_3 (Dense) | (None, 120)~120{maps} | 30840
308 fc2 | dense_4 (Dense) | (None, 84)~84{maps} | 10164
309 out | dense_5 (Dense) | (None, 10)~10{maps} | 850
"""
KERAS_ALEXNET = """
552 conv1 | conv2d (Conv2D) | (None, 54, 54, 96) | 34944
553 conv1 | activation (Activation) | (None, 54, 54, 96) | 0{=parameters of an activation}
554 pool1 | max_pooling2d (MaxPooling2D) | (None, 27, 27, 96) | 0
555 bn1 | batch_normalization (BatchNo | (None, 27, 27, 96) | 384{=bn1, moving statistics counted}
556 conv2 | conv2d_1 (Conv2D) | (None, 17, 17, 256) | 2973952
557 conv2 | activation_1 (Activation) | (None, 17, 17, 256) | 0{=parameters of an activation}
558 pool2 | max_pooling2d_1 (MaxPooling2 | (None, 8, 8, 256) | 0
559 bn2 | batch_normalization_1 (Batch | (None, 8, 8, 256) | 1024{=bn2, moving statistics counted}
"""
KERAS_VGG = """
744 conv1_1 | conv2d_2 (Conv2D) | (None, 224, 224, 64) | 1792
745 conv1_2 | conv2d_3 (Conv2D) | (None, 224, 224, 64) | 36928
746 pool1 | max_pooling2d (MaxPooling2D) | (None, 112, 112, 64) | 0
747 conv2_1 | conv2d_4 (Conv2D) | (None, 112, 112, 128) | 73856
748 conv2_2 | conv2d_5 (Conv2D) | (None, 112, 112, 128) | 147584
749 pool2 | max_pooling2d_1 (MaxPooling2D) | (None, 56, 56, 128) | 0
750 conv3_1 | conv2d_6 (Conv2D) | (None, 56, 56, 256) | 295168
751 conv3_2 | conv2d_7 (Conv2D) | (None, 56, 56, 256) | 590080
752 conv3_3 | conv2d_8 (Conv2D) | (None, 56, 56, 256) | 590080
753 pool3 | max_pooling2d_2 (MaxPooling2D) | (None, 28, 28, 256) | 0
754 conv4_1 | conv2d_9 (Conv2D) | (None, 28, 28, 512) | 1180160
755 conv4_2 | conv2d_10 (Conv2D) | (None, 28, 28, 512) | 2359808
756 conv4_3 | conv2d_11 (Conv2D) | (None, 28, 28, 512) | 2359808
757 pool4 | max_pooling2d_3 (MaxPooling2D) | (None, 14, 14, 512) | 0
758 conv5_1 | conv2d_12 (Conv2D) | (None, 14, 14, 512) | 2359808
759 conv5_2 | conv2d_13 (Conv2D) | (None, 14, 14, 512) | 2359808
760 conv5_3 | conv2d_14 (Conv2D) | (None, 14, 14, 512) | 2359808
761 pool5 | max_pooling2d_4 (MaxPooling2D) | (None, 7, 7, 512) | 0
762 flatten | flatten (Flatten) | (None, 25088)~25088{maps} | 0
763 fc6 | dense (Dense) | (None, 4096)~4096{maps} | 102764544
764 fc7 | dense_1 (Dense) | (None, 4096)~4096{maps} | 16781312
765 fc8 | dense_2 (Dense) | (None, 2)~2{maps} | 8194
"""
ALEXNET = """
386 - | 3 227 227{input}
387 conv1 | Conv1 + Relu | 11 11 | 96 | 4 |  | (11113 + 1) 96=34944 | (11113 + 1) 96 55 55=105705600{connections}
388 conv1 |  |  |  |  |  | 96 55 55{out}
389 pool1 | Max Pooling | 3 3 |  |  | 2 |  |
390 pool1 |  |  |  |  |  | 96 27 27{out}
391 - |  |  |  |  |  | Norm
392 conv2 | Conv2 + Relu | 5 5 | 256 | 1 | 2 | (5 5 96 + 1) 256=614656 | (5 5 96 + 1) 256 27 27=448084224{connections}
393 conv2 |  |  |  |  |  | 256 27 27{out}
394 pool2 | Max Pooling | 3 3 |  |  | 2 |  |
395 pool2 |  |  |  |  |  | 256 13 13{out}
396 - |  |  |  |  |  | Norm
397 conv3 | Conv3 + Relu | 3 3 | 384 | 1 | 1 | (3 3 256 + 1) 384=885120 | (3 3 256 + 1) 384 13 13=149585280{connections}
398 conv3 |  |  |  |  |  | 384 13 13{out}
399 conv4 | Conv4 + Relu | 3 3 | 384 | 1 | 1 | (3 3 384 + 1) 384=1327488 | (3 3 384 + 1) 384 13 13=224345472{connections}
400 conv4 |  |  |  |  |  | 384 13 13{out}
401 conv5 | Conv5 + Relu | 3 3 | 256 | 1 | 1 | (3 3 384 + 1) 256=884992 | (3 3 384 + 1) 256 13 13=149563648{connections}
402 conv5 |  |  |  |  |  | 256 13 13{out}
405 pool5 | Max Pooling | 3 3 |  | 2 |  |  |
406 pool5 |  | 256{out.0} | 6{out.1} | 6{out.2}
407 drop6 | Dropout (rate 0.5)~0.5{rate}
408 fc6 | FC6 + Relu |  |  |  |  | 256 6 6 4096=37748736 | 256 6 6 4096=37748736{macs}
409 fc6 |  |  |  |  |  | 4096{maps}
410 drop7 | Dropout (rate 0.5)~0.5{rate}
411 fc7 | FC7 + Relu |  |  |  |  | 4096 4096=16777216 | 4096 4096=16777216{macs}
412 fc7 |  |  |  |  |  | 4096{maps}
413 fc8 | FC8 + Relu |  |  |  |  | 4096 1000=4096000 | 4096 1000=4096000{macs}
414 fc8 | 1000 classes~1000{maps}
"""
OVERALL = """
415 - | Overall | 62369152{params} | 62.3 million{params} | 1135906176{=multiply-adds, and biases of convolutions} | 1.1 billion{macs}
416 - | Conv | 3.7million{=parameters in convolutions} | 6%{=about share of parameters in convolutions} | 1.08 billion{=the same in convolutions} | 95%{=about share of operations in convolutions}
416 - | FC | 58.6 million{=parameters in dense layers} | 94%{=about share of parameters in dense layers} | 58.6 million{=the same in dense layers} | 5%{=about share of operations in dense layers}
"""
VGG = """
636 - | Input | Image | 1{channels of the input} | 224 x 224 x 3{input} | - | -
637 conv1_2 | 1{=conv1_1.place} | 2 X Convolution~2{=convolutions of block 1} | 64 | 224 x 224 x 64 | 3x3 | 1
638 pool1 |  | Max Pooling | 64 | 112 x 112 x 64 | 3x3 | 2
639 conv2_2 | 3{=conv2_1.place} | 2 X Convolution~2{=convolutions of block 2} | 128 | 112 x 112 x 128 | 3x3 | 1
640 pool2 |  | Max Pooling | 128 | 56 x 56 x 128 | 3x3 | 2
641 conv3_3 | 5{=conv3_1.place} | 2 X Convolution~2{=convolutions of block 3} | 256 | 56 x 56 x 256 | 3x3 | 1
642 pool3 |  | Max Pooling | 256 | 28 x 28 x 256 | 3x3 | 2
643 conv4_3 | 7{=conv4_1.place} | 3 X Convolution~3{=convolutions of block 4} | 512 | 28 x 28 x 512 | 3x3 | 1
644 pool4 |  | Max Pooling | 512 | 14 x 14 x 512 | 3x3 | 2
645 conv5_3 | 10{=conv5_1.place} | 3 X Convolution~3{=convolutions of block 5} | 512 | 14 x 14 x 512 | 3x3 | 1
646 pool5 |  | Max Pooling | 512 | 7 x 7 x 512 | 3x3 | 2
647 fc6 | 13{=fc6.place} | FC | - | 25088{out} | - | relu
648 fc6 | 14{=fc6.place} | FC | - | 4096{out} | - | relu
649 fc7 | 15{=fc7.place} | FC | - | 4096{out} | - | relu
650 fc8 | Output | FC | - | 1000{out} | - | Softmax
"""
RESNETS = """
941 - | layer name | output size | 18-layer~18{resnet18: layers with weights} | 34-layer~34{resnet34: layers with weights} | 50-layer~50{resnet50: layers with weights} | 101-layer~101{resnet101: layers with weights} | 152-layer~152{resnet152: layers with weights}
942 conv1 | conv1 | 112x112{side} |  |  | 7x7, 64, stride 2{resnet50: conv1, as drawn}
943 pool1 |  |  |  |  | 3x3 max pool, stride 2{resnet50: pool1, as drawn}
944 conv2_3 | conv2_x | 56x56{side} | [3x3, 64; 3x3, 64] x 2{resnet18: conv2_x} | [3x3, 64; 3x3, 64] x 3{resnet34: conv2_x} | [1x1, 64; 3x3, 64; 1x1, 256] x 3{resnet50: conv2_x} | [1x1, 64; 3x3, 64; 1x1, 256] x 3{resnet101: conv2_x} | [1x1, 64; 3x3, 64; 1x1, 256] x 3{resnet152: conv2_x}
945 conv3_4 | conv3_x | 28x28{side} | [3x3, 128; 3x3, 128] x 2{resnet18: conv3_x} | [3x3, 128; 3x3, 128] x 4{resnet34: conv3_x} | [1x1, 128; 3x3, 128; 1x1, 512] x 4{resnet50: conv3_x} | [1x1, 128; 3x3, 128; 1x1, 512] x 4{resnet101: conv3_x} | [1x1, 128; 3x3, 128; 1x1, 512] x 8{resnet152: conv3_x}
946 conv4_6 | conv4_x | 14x14{side} | [3x3, 256; 3x3, 256] x 2{resnet18: conv4_x} | [3x3, 256; 3x3, 256] x 6{resnet34: conv4_x} | [1x1, 256; 3x3, 256; 1x1, 1024] x 6{resnet50: conv4_x} | [1x1, 256; 3x3, 256; 1x1, 1024] x 23{resnet101: conv4_x} | [1x1, 256; 3x3, 256; 1x1, 1024] x 36{resnet152: conv4_x}
947 conv5_3 | conv5_x | 7x7{side} | [3x3, 512; 3x3, 512] x 2{resnet18: conv5_x} | [3x3, 512; 3x3, 512] x 3{resnet34: conv5_x} | [1x1, 512; 3x3, 512; 1x1, 2048] x 3{resnet50: conv5_x} | [1x1, 512; 3x3, 512; 1x1, 2048] x 3{resnet101: conv5_x} | [1x1, 512; 3x3, 512; 1x1, 2048] x 3{resnet152: conv5_x}
948 avgpool |  | 1x1{side} |  |  | average pool, 1000-d fc, softmax{resnet50: end, as drawn}
949 - | FLOPs |  | 1.8×10^9{resnet18: macs} | 3.6×10^9{resnet34: macs} | 3.8×10^9{resnet50: macs} | 7.6×10^9{resnet101: macs} | 11.3×10^9{resnet152: macs}
"""
ILSVRC = """
954 - | VGG [40] (ILSVRC'14) | 7.32{=top-5 error on the test set, per cent}
955 - | GoogLeNet [43] (ILSVRC'14) | 6.66{=top-5 error on the test set, per cent}
956 - | VGG [40] (v5) | 6.8{=top-5 error on the test set, per cent}
957 - | PReLU-net [12] | 4.94{=top-5 error on the test set, per cent}
958 - | BN-inception [16] | 4.82{=top-5 error on the test set, per cent}
959 - | ResNet (ILSVRC'15) | 3.57{=top-5 error on the test set, per cent}
"""
KERAS_RESNET = """
1110 - | input_1 (InputLayer) | [(None, 224, 224, 3)~(224, 224, 3){input} | 0{=parameters of the input layer}
1111 - | zero_padding2d (ZeroPadding2D) | (None, 230, 230, 3){=input, padded for conv1} | 0{=parameters of the input layer}
1112 conv1 | conv1 (Conv2D) | (None, 112, 112, 64) | 9472{=conv1's own parameters}
1113 conv1 | bn_conv1 (BatchNormalization) | (None, 112, 112, 64) | 256{=conv1's normalisation with its averages}
"""
INCEPTION_V2 = """
1213 conv1 | conv | 3x3/2{window} | 299x299x3
1214 conv2 | conv | 3x3/1{window} | 149x149x32
1215 conv3 | conv padded | 3x3/1{window} | 147x147x32
1216 pool | pool | 3x3/2{window} | 147x147x64
1217 conv4 | conv | 3x3/1{window} | 73x73x64
1218 conv5 | conv | 3x3/2{window} | 71x71x80
1219 conv6 | conv | 3x3/1{window} | 35x35x192
1220 inception_a1 | 3xInception~3{=modules of figure 5} | As in figure 5 | 35x35x288
1221 inception_b1 | 5xInception~5{=modules of figure 6} | As in figure 6 | 17x17x768
1222 inception_c1 | 2xInception~2{=modules of figure 7} | As in figure 7 | 8x8x1280
1223 average | pool | 8x8{kernel} | 8x8x2048
1224 fc | linear | logits | 1x1x2048
1225 fc | softmax | classifier | 1x1x1000{out}
"""
