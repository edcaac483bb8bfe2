"""Reading a whole strip of handwriting, and what a network learns for it (LeCun et al. 1998, VII).

make: strips of digits, and the windows of them that a network is trained on. no_digit: what a
window on no digit is called and scores. scan: a network at every place of a strip, and the most
likely digits. score: how well strips are read.
"""
