"""Which file has which lessons, so that one is read without importing the others."""

from __future__ import annotations

FILES = """
convolution_filters convolution-by-hand sliding-window turned-filter
convolution_edges edge-filter edge-map two-halves
convolution_patterns filter-as-pattern map-of-a-filter
convolution_steps stride zero-padding dilation
convolution_channels one-channel three-channels
convolution_sizes output-size alexnet-first-layer
convolution_padding same-padding half-padding dilated-side
convolution_pooling max-pooling average-pooling pooling-halves
convolution_flat input-values flatten flatten-order
convolution_sharing neurons connections sparse-connections
convolution_weights grey-weights colour-weights dense-instead
cost_counting parameter-table multiply-adds
cost_connections uses-of-a-weight subsampling
cost_kernels small-kernels percent-more large-or-small
cost_flat flat-kernels
cost_fields field-of-layers field-of-strides
cost_paths field-of-branches field-of-shortcuts
cost_ones one-by-one bottleneck
cost_inception inception-module naive-grows
cost_splits depthwise-separable groups connection-table
cost_sizes double-maps width-multiplier resolution-multiplier
cost_dense dense-after-flatten nodes-after-flatten global-average
cost_memory megabytes mebibytes activation-memory
cost_operations flops
training_gradients saturation gradient-through-depth
training_depth degradation first-weights
training_residual residual-gradient residual-scaling
training_normalisation batch-norm running-mean
training_lrn lrn
training_losses softmax cross-entropy one-output
training_targets label-smoothing auxiliary-loss
training_accuracy loss-and-accuracy top-5
training_epochs steps-per-epoch epochs held-out
training_momentum momentum momentum-and-rate weight-decay
training_optimisers rmsprop gradient-clipping
training_schedules rate-steps rate-plateau rate-stairs
training_curves rate-to-zero warm-up
training_dropout dropout
training_crops crops-of-one ten-crops
training_views 144-crops scale-jitter
training_others pca-colour early-exit
"""
"""A file and its lessons a line; a test holds it to the chapters."""
