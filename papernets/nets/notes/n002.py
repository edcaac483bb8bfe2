"""Notes 002: five classic networks, each with a table of its layers, and a comparison."""

# ruff: noqa: E501 (lines of printed tables)

from __future__ import annotations

from ...said import NOTES, Page
from ...spec import Conv
from .judge import Judge
from .read import EACH, Grid, asides, numbers

LENET = """
15 - | Input | - | - | - | 32x32x1{input} |
16 C1 | Conv 1 | 6 | 5x5 | 1 | 28x28x6 | tanh
17 S2 | Avg. pooling 1 |   | 2x2 | 2 | 14x14x6 |
18 C3 | Conv 2 | 16 | 5x5 | 1 | 10x10x16 | tanh
19 S4 | Avg. pooling 2 |   | 2x2 | 2 | 5x5x16 |
20 C5 | Conv 3 | 120 | 5x5 | 1 | 120{maps} | tanh
21 F6 | Fully Connected 1 | - | - | - | 84{maps} | tanh
22 output | Fully Connected 2 | - | - | - | 10{maps} | Softmax
"""
ALEXNET = """
36 conv1 | 227 | 227 | 3 | 55 | 55 | 96 | conv1 | 4 | 0 | 11 | 11 | 3 | 96 | 34944
37 pool1 | 55 | 55 | 96 | 27 | 27 | 96 | maxpool1 | 2 | 0 | 3 | 3 | 96 | 96 | 0
38 conv2 | 27 | 27 | 96 | 27 | 27 | 256 | conv2 | 1 | 2 | 5 | 5 | 96 | 256 | 614656
39 pool2 | 27 | 27 | 256 | 13 | 13 | 256 | maxpool2 | 2 | 0 | 3 | 3 | 256 | 256 | 0
40 conv3 | 13 | 13 | 256 | 13 | 13 | 384 | conv3 | 1 | 1 | 3 | 3 | 256 | 384 | 885120
41 conv4 | 13 | 13 | 384 | 13 | 13 | 384 | conv4 | 1 | 1 | 3 | 3 | 384 | 384 | 1327488
42 conv5 | 13 | 13 | 384 | 13 | 13 | 256 | conv5 | 1 | 1 | 3 | 3 | 384 | 256 | 884992
43 pool5 | 13 | 13 | 256 | 6 | 6 | 256 | maxpool5 | 2 | 0 | 3 | 3 | 256 | 256 | 0
44 fc6 |  |  |  |  |  |  | fc6 |  |  | 1 | 1 | 9216 | 4096 | 37752832
45 fc7 |  |  |  |  |  |  | fc7 |  |  | 1 | 1 | 4096 | 4096 | 16781312
46 fc8 |  |  |  |  |  |  | fc8 |  |  | 1 | 1 | 4096 | 1000 | 4097000
47 - | Total | | | | | | | | | | | | | 62,378,344{params}
"""
RESNET18 = """
105 conv1 | 1 | 227 | 227 | 3 | 112 | 112 | 64 | conv1 | 2 | 1 | 7 | 7 | 3 | 64 | 9472
106 pool1 |  | 112 | 112 | 64 | 56 | 56 | 64 | maxpool | 2 | 0.5 | 3 | 3 | 64 | 64 | 0
107 conv2_1.conv1 | 2 | 56 | 56 | 64 | 56 | 56 | 64 | conv2-1 | 1 | 1 | 3 | 3 | 64 | 64 | 36928
108 conv2_1.conv2 | 3 | 56 | 56 | 64 | 56 | 56 | 64 | conv2-2 | 1 | 1 | 3 | 3 | 64 | 64 | 36928
109 conv2_2.conv1 | 4 | 56 | 56 | 64 | 56 | 56 | 64 | conv2-3 | 1 | 1 | 3 | 3 | 64 | 64 | 36928
110 conv2_2.conv2 | 5 | 56 | 56 | 64 | 56 | 56 | 64 | conv2-4 | 1 | 1 | 3 | 3 | 64 | 64 | 36928
111 conv3_1.conv1 | 6 | 56 | 56 | 64 | 28 | 28 | 128 | conv3-1 | 2 | 0.5 | 3 | 3 | 64 | 128 | 73856
112 conv3_1.conv2 | 7 | 28 | 28 | 128 | 28 | 28 | 128 | conv3-2 | 1 | 1 | 3 | 3 | 128 | 128 | 147584
113 conv3_2.conv1 | 8 | 28 | 28 | 128 | 28 | 28 | 128 | conv3-3 | 1 | 1 | 3 | 3 | 128 | 128 | 147584
114 conv3_2.conv2 | 9 | 28 | 28 | 128 | 28 | 28 | 128 | conv3-4 | 1 | 1 | 3 | 3 | 128 | 128 | 147584
115 conv4_1.conv1 | 10 | 28 | 28 | 128 | 14 | 14 | 256 | conv4-1 | 2 | 0.5 | 3 | 3 | 128 | 256 | 295168
116 conv4_1.conv2 | 11 | 14 | 14 | 256 | 14 | 14 | 256 | conv4-2 | 1 | 1 | 3 | 3 | 256 | 256 | 590080
117 conv4_2.conv1 | 12 | 14 | 14 | 256 | 14 | 14 | 256 | conv4-3 | 1 | 1 | 3 | 3 | 256 | 256 | 590080
118 conv4_2.conv2 | 13 | 14 | 14 | 256 | 14 | 14 | 256 | conv4-4 | 1 | 1 | 3 | 3 | 256 | 256 | 590080
119 conv5_1.conv1 | 14 | 14 | 14 | 256 | 7 | 7 | 512 | conv5-1 | 2 | 0.5 | 3 | 3 | 256 | 512 | 1180160
120 conv5_1.conv2 | 15 | 7 | 7 | 512 | 7 | 7 | 512 | conv5-2 | 1 | 1 | 3 | 3 | 512 | 512 | 2359808
121 conv5_2.conv1 | 16 | 7 | 7 | 512 | 7 | 7 | 512 | conv5-3 | 1 | 1 | 3 | 3 | 512 | 512 | 2359808
122 conv5_2.conv2 | 17 | 7 | 7 | 512 | 7 | 7 | 512 | conv5-4 | 1 | 1 | 3 | 3 | 512 | 512 | 2359808
123 avgpool |  | 7 | 7 | 512 | 1 | 1 | 512 | avg pool | 7 | 0 | 7 | 7 | 512 | 512 | 0
124 fc | 18 | 1 | 1 | 512 | 1 | 1 | 1000 | fc |  |  |  |  | 512 | 1000 | 513000
125 - | Total | | | | | | | | | | | | | | 11,511,784{params}
"""
GOOGLENET = """
163 conv1 |  | 227 | 227 | 3 | 112 | 112 | 64 | conv1 | input | 2 | 1 | 7 | 7 | 3 | 64 | 9472
164 pool1 |  | 112 | 112 | 64 | 56 | 56 | 64 | maxpool1 | conv1 | 2 | 0.5 | 3 | 3 | 64 | 64 | 0
165 conv2_reduce |  | 56 | 56 | 64 | 56 | 56 | 64 | conv1x1 | maxpool1 | 1 | 0 | 1 | 1 | 64 | 64 | 4160
166 conv2 |  | 56 | 56 | 64 | 56 | 56 | 192 | conv2-1 |  | 1 | 1 | 3 | 3 | 64 | 192 | 110784
167 pool2 |  | 56 | 56 | 192 | 28 | 28 | 192 | maxpool2 |  | 2 | 0.5 | 3 | 3 | 192 | 192 | 0
168 inception_3a.b3x3.reduce | inception (3a) | 28 | 28 | 192 | 28 | 28 | 96 | conv1x1a | maxpool2 | 1 | 0 | 1 | 1 | 192 | 96 | 18528
169 inception_3a.b5x5.reduce |  | 28 | 28 | 96 | 28 | 28 | 16 | conv1x1b | maxpool2 | 1 | 0 | 1 | 1 | 192 | 16 | 3088
170 inception_3a.pool.pool |  | 28 | 28 | 192 | 28 | 28 | 192 | maxpool-a | maxpool2 | 1 | 1 | 3 | 3 | 192 | 192 | 0
171 inception_3a.b1x1 |  | 28 | 28 | 192 | 28 | 28 | 64 | conv1x1c | maxpool2 | 1 | 0 | 1 | 1 | 192 | 64 | 12352
172 inception_3a.b3x3.conv |  | 28 | 28 | 96 | 28 | 28 | 128 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 96 | 128 | 110720
173 inception_3a.b5x5.conv |  | 28 | 28 | 16 | 28 | 28 | 32 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 16 | 32 | 12832
174 inception_3a.pool.project |  | 28 | 28 | 192 | 28 | 28 | 32 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 192 | 32 | 6176
175 inception_3a |  |  |  |  | 28 | 28 | 256 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
176 inception_3b.b3x3.reduce | inception (3b) | 28 | 28 | 256 | 28 | 28 | 128 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 256 | 128 | 32896
177 inception_3b.b5x5.reduce |  | 28 | 28 | 128 | 28 | 28 | 32 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 256 | 32 | 8224
178 inception_3b.pool.pool |  | 28 | 28 | 192 | 28 | 28 | 256 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 256 | 256 | 0
179 inception_3b.b1x1 |  | 28 | 28 | 192 | 28 | 28 | 128 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 256 | 128 | 32896
180 inception_3b.b3x3.conv |  | 28 | 28 | 96 | 28 | 28 | 192 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 128 | 192 | 221376
181 inception_3b.b5x5.conv |  | 28 | 28 | 16 | 28 | 28 | 96 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 32 | 96 | 76896
182 inception_3b.pool.project |  | 28 | 28 | 192 | 28 | 28 | 64 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 256 | 64 | 16448
183 inception_3b |  |  |  |  | 28 | 28 | 480 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
184 pool3 |  | 28 | 28 | 480 | 14 | 14 | 480 | maxpool3 | depth-concat | 2 | 0.5 | 3 | 3 | 480 | 480 | 0
185 inception_4a.b3x3.reduce | inception (4a) | 14 | 14 | 480 | 14 | 14 | 96 | conv1x1a | maxpool3 | 1 | 0 | 1 | 1 | 480 | 96 | 46176
186 inception_4a.b5x5.reduce |  | 14 | 14 | 480 | 14 | 14 | 16 | conv1x1b | maxpool3 | 1 | 0 | 1 | 1 | 480 | 16 | 7696
187 inception_4a.pool.pool |  | 14 | 14 | 480 | 14 | 14 | 480 | maxpool-a | maxpool3 | 1 | 1 | 3 | 3 | 480 | 480 | 0
188 inception_4a.b1x1 |  | 14 | 14 | 480 | 14 | 14 | 192 | conv1x1c | maxpool3 | 1 | 0 | 1 | 1 | 480 | 192 | 92352
189 inception_4a.b3x3.conv |  | 14 | 14 | 96 | 14 | 14 | 208 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 96 | 208 | 179920
190 inception_4a.b5x5.conv |  | 14 | 14 | 16 | 14 | 14 | 48 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 16 | 48 | 19248
191 inception_4a.pool.project |  | 14 | 14 | 192 | 14 | 14 | 64 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 480 | 64 | 30784
192 inception_4a |  |  |  |  | 14 | 14 | 512 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
193 inception_4b.b3x3.reduce | inception (4b) | 14 | 14 | 512 | 14 | 14 | 112 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 512 | 112 | 57456
194 inception_4b.b5x5.reduce |  | 14 | 14 | 512 | 14 | 14 | 24 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 64 | 24 | 1560
195 inception_4b.pool.pool |  | 14 | 14 | 512 | 14 | 14 | 64 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 64 | 64 | 0
196 inception_4b.b1x1 |  | 14 | 14 | 512 | 14 | 14 | 160 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 64 | 160 | 10400
197 inception_4b.b3x3.conv |  | 14 | 14 | 96 | 14 | 14 | 224 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 112 | 224 | 226016
198 inception_4b.b5x5.conv |  | 14 | 14 | 16 | 14 | 14 | 64 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 24 | 64 | 38464
199 inception_4b.pool.project |  | 14 | 14 | 160 | 14 | 14 | 64 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 64 | 64 | 4160
200 inception_4b |  |  |  |  | 14 | 14 | 512 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
201 inception_4c.b3x3.reduce | inception (4c) | 14 | 14 | 512 | 14 | 14 | 128 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 512 | 128 | 65664
202 inception_4c.b5x5.reduce |  | 14 | 14 | 512 | 14 | 14 | 24 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 64 | 24 | 1560
203 inception_4c.pool.pool |  | 14 | 14 | 512 | 14 | 14 | 64 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 64 | 64 | 0
204 inception_4c.b1x1 |  | 14 | 14 | 512 | 14 | 14 | 128 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 64 | 128 | 8320
205 inception_4c.b3x3.conv |  | 14 | 14 | 96 | 14 | 14 | 256 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 128 | 256 | 295168
206 inception_4c.b5x5.conv |  | 14 | 14 | 16 | 14 | 14 | 64 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 24 | 64 | 38464
207 inception_4c.pool.project |  | 14 | 14 | 128 | 14 | 14 | 64 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 64 | 64 | 4160
208 inception_4c |  |  |  |  | 14 | 14 | 512 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
209 inception_4d.b3x3.reduce | inception (4d) | 14 | 14 | 512 | 14 | 14 | 144 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 512 | 144 | 73872
210 inception_4d.b5x5.reduce |  | 14 | 14 | 512 | 14 | 14 | 32 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 64 | 32 | 2080
211 inception_4d.pool.pool |  | 14 | 14 | 512 | 14 | 14 | 64 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 64 | 64 | 0
212 inception_4d.b1x1 |  | 14 | 14 | 512 | 14 | 14 | 112 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 64 | 112 | 7280
213 inception_4d.b3x3.conv |  | 14 | 14 | 96 | 14 | 14 | 288 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 144 | 288 | 373536
214 inception_4d.b5x5.conv |  | 14 | 14 | 16 | 14 | 14 | 64 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 32 | 64 | 51264
215 inception_4d.pool.project |  | 14 | 14 | 112 | 14 | 14 | 64 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 64 | 64 | 4160
216 inception_4d |  |  |  |  | 14 | 14 | 528 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
217 inception_4e.b3x3.reduce | inception (4e) | 14 | 14 | 528 | 14 | 14 | 160 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 528 | 160 | 84640
218 inception_4e.b5x5.reduce |  | 14 | 14 | 528 | 14 | 14 | 32 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 64 | 32 | 2080
219 inception_4e.pool.pool |  | 14 | 14 | 528 | 14 | 14 | 64 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 64 | 64 | 0
220 inception_4e.b1x1 |  | 14 | 14 | 528 | 14 | 14 | 256 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 64 | 256 | 16640
221 inception_4e.b3x3.conv |  | 14 | 14 | 96 | 14 | 14 | 320 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 160 | 320 | 461120
222 inception_4e.b5x5.conv |  | 14 | 14 | 16 | 14 | 14 | 128 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 32 | 128 | 102528
223 inception_4e.pool.project |  | 14 | 14 | 256 | 14 | 14 | 128 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 64 | 128 | 8320
224 inception_4e |  |  |  |  | 14 | 14 | 832 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
225 pool4 |  | 14 | 14 | 832 | 7 | 7 | 832 | maxpool4 | depth-concat | 2 | 0.5 | 3 | 3 | 832 | 832 | 0
226 inception_5a.b3x3.reduce | inception (5a) | 7 | 7 | 832 | 7 | 7 | 160 | conv1x1a | maxpool4 | 1 | 0 | 1 | 1 | 832 | 160 | 133280
227 inception_5a.b5x5.reduce |  | 7 | 7 | 832 | 7 | 7 | 32 | conv1x1b | maxpool4 | 1 | 0 | 1 | 1 | 832 | 32 | 26656
228 inception_5a.pool.pool |  | 7 | 7 | 832 | 7 | 7 | 832 | maxpool-a | maxpool4 | 1 | 1 | 3 | 3 | 832 | 832 | 0
229 inception_5a.b1x1 |  | 7 | 7 | 832 | 7 | 7 | 256 | conv1x1c | maxpool4 | 1 | 0 | 1 | 1 | 832 | 256 | 213248
230 inception_5a.b3x3.conv |  | 7 | 7 | 96 | 7 | 7 | 320 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 160 | 320 | 461120
231 inception_5a.b5x5.conv |  | 7 | 7 | 16 | 7 | 7 | 128 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 32 | 128 | 102528
232 inception_5a.pool.project |  | 7 | 7 | 256 | 7 | 7 | 128 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 832 | 128 | 106624
233 inception_5a |  |  |  |  | 7 | 7 | 832 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
234 inception_5b.b3x3.reduce | inception (5b) | 7 | 7 | 832 | 7 | 7 | 192 | conv1x1a | depth-concat | 1 | 0 | 1 | 1 | 832 | 192 | 159936
235 inception_5b.b5x5.reduce |  | 7 | 7 | 832 | 7 | 7 | 48 | conv1x1b | depth-concat | 1 | 0 | 1 | 1 | 832 | 48 | 39984
236 inception_5b.pool.pool |  | 7 | 7 | 832 | 7 | 7 | 832 | maxpool-a | depth-concat | 1 | 1 | 3 | 3 | 832 | 832 | 0
237 inception_5b.b1x1 |  | 7 | 7 | 832 | 7 | 7 | 384 | conv1x1c | depth-concat | 1 | 0 | 1 | 1 | 832 | 384 | 319872
238 inception_5b.b3x3.conv |  | 7 | 7 | 96 | 7 | 7 | 384 | conv3-3 | conv1x1a | 1 | 1 | 3 | 3 | 192 | 384 | 663936
239 inception_5b.b5x5.conv |  | 7 | 7 | 16 | 7 | 7 | 128 | conv5x5 | conv1x1b | 1 | 2 | 5 | 5 | 48 | 128 | 153728
240 inception_5b.pool.project |  | 7 | 7 | 384 | 7 | 7 | 128 | conv1x1d | maxpool-a | 1 | 0 | 1 | 1 | 128 | 128 | 16512
241 inception_5b |  |  |  |  | 7 | 7 | 1024 | depth-concat | conv1x1c, conv3x3, conv5x5, conv1x1d |  |  |  |  |  |  |
242 avgpool |  | 7 | 7 | 1024 | 1 | 1 | 1024 | avgpool | depth-concat | 1 | 0 | 7 | 7 | 1024 | 1024 | 0
243 fc |  | 1 | 1 | 1024 | 1 | 1 | 1000 | fc | depth-concat | 1 | 0 | 1 | 1 | 1024 | 1000 | 1025000
244 - | Total | | | | | | | | | | | | | | | 6,414,360{params}
"""
COMPARISON = """
257 alexnet | AlexNet | 2012{word} | Deeper | 84.70%{top-5 accuracy} | 62M{alexnet_single: params} | 1.5B{macs}
258 vgg16 | VGGNet | 2014{word} | Fixed-size kernels | 92.30%{top-5 accuracy} | 138M{params} | 19.6B{macs}
259 googlenet | Inception | 2014{word} | Wider - Parallel kernels | 93.30%{top-5 accuracy} | 6.4M{params} | 2B{macs}
260 resnet152 | ResNet-152 | 2015{word} | Shortcut connections | 95.51%{top-5 accuracy} | 60.3M{params} | 11B{macs}
"""
NUMBERS = """
6    lenet5          input                  32x32x1
6    lenet5          C1.stride              2
6    lenet5          S2.stride              1
6    lenet5          params                 60,000
26   alexnet         top-5 accuracy on the test set  84.7%  paper: 15.3 % error, seven networks, two of
                     them trained on ImageNet 2011 before (table 2)
26   .               top-5 accuracy of the second in ILSVRC-2012  73.8%  paper: 26.2 % error (abstract
                     and table 2 of AlexNet's)
28   alexnet         convolutions           5
28   alexnet         dense layers           3
49   alexnet_single  params                 62 million
51   alexnet_single  input                  227x227x3
51   alexnet_single  fc8.maps               1000
59   alexnet         pool1.kernel           3x3
59   alexnet         pool1.stride           2
59   alexnet         top-1 error that overlapping saves  0.4%  paper: 0.4 % (section 3.4)
59   alexnet         top-5 error that overlapping saves  0.3%  paper: 0.3 % (section 3.4)
60   .               training error at which ReLU and tanh are compared  25%  paper: 25 %, four
                     convolutions on CIFAR-10 (figure 1 of AlexNet's)
60   .               times that ReLU is faster there  6  paper: six times (figure 1 of AlexNet's)
62   alexnet         drop6.rate             0.5
75   vgg16           params                 138 million
75   vgg16           conv1_1.kernel         3x3
75   vgg16           pool1.kernel           2x2
75   alexnet         conv1.kernel           11x11
75   alexnet         conv2.kernel           5x5
75   alexnet         conv3.kernel           3x3
77   .               sides after 5x5 on 5x5  1x1
81   .               5*5                    25
81   .               3*3*2                  18
81   vgg16           per cent that two 3x3 save on 5x5      28
83   vgg16           per cent that three 3x3 save on 7x7    44.9
83   vgg16           per cent that five 3x3 save on 11x11   62.8
127  resnet18        params                 11 million
127  resnet18        conv2_1.conv1.kernel   3x3
"""
ASIDES = """
a window's size, as the name of a kind of layer
    75:3,3 154:1,1 155:3,3 156:5,5 159:1,1 246:5,5,3,3,3,3,5,5
what an example starts from
    77:5,5,1,5,5,3,3,1 81:3,3 83:7,7,11,11,3,3
the second side of a vector
    51:1
a bound in words: more than one
    135:1
"""
COLUMNS = ("input.1", "input.2", "input.0", "out.1", "out.2", "out.0")
SHAPES = ("in", "", "", "out", "", "")


def page() -> Page:
    """What notes 002 print, cell by cell."""
    one = Conv(1, 5).shape((1, 5, 5))[1:]
    judge = Judge(NOTES[2], {"sides after 5x5 on 5x5": one})
    window = ("stride", "padding", "kernel.0", "kernel.1", "maps in", "maps", "params")
    labels = ("stride", "pad", "kernel", "", "in", "out", "param")
    blocks = (
        Grid(
            "LeNet-5",
            "lenet5",
            ("layer", "filters", "filter", "stride", "feature map", "activation"),
            ("word", "maps", "kernel", "stride", "out", "word"),
            LENET,
        ),
        Grid(
            "AlexNet Network - Structural Details",
            "alexnet_single",
            (*SHAPES, "layer", *labels),
            (*COLUMNS, "word", *window),
            ALEXNET,
        ),
        Grid(
            "ResNet18 - Structural Details",
            "resnet18",
            ("#", *SHAPES, "layer", *labels),
            ("place", *COLUMNS, "word", *window),
            RESNET18,
            {
                r"conv\d.*\.params": "a bias a map is counted, as in resnet18_notes_table; the "
                "paper's convolutions have normalisation in its place, two numbers a map",
            },
        ),
        Grid(
            "GoogLeNet - Structural Details",
            "googlenet",
            ("", *SHAPES, "layer", "input layer", *labels),
            ("word", *COLUMNS, "word", "word", *window),
            GOOGLENET,
            {
                r"\.input": "the size is copied from another row",
                r"\.pool\.pool\.(out|maps)": "pooling keeps the channels of the module's input",
                r"inception_4[bcd]\..*maps in": "the module before gives 512 channels",
                r"inception_4e\..*maps in": "the module before gives 528 channels",
                r"inception_5b\..*maps in": "the module before gives 832 channels",
            },
        ),
        Grid(
            "All Comparisons",
            EACH,
            ("network", "year", "salient feature", "top-5 accuracy", "parameters", "FLOP"),
            ("word", "word", "word", "top-5 accuracy", "params", "macs"),
            COMPARISON,
            {
                "257 top-5": "paper: 15.3 % error, seven networks, two of them trained on ImageNet "
                "2011 before (table 2)",
                "259 top-5": "paper: 6.67 % error, seven networks (table 2)",
                "260 top-5": "paper: 4.49 % error, one network, several scales (table 4)",
            },
        ),
    )
    return Page(
        NOTES[2],
        (*(block.read(judge) for block in blocks), numbers("Numbers of the text", NUMBERS, judge)),
        asides(ASIDES),
    )
