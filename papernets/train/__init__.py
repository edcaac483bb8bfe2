"""Training: what is done (recipe) and where (where) make a run (run), settled from flags and files.

runner does a whole run: boosting a committee's, session one network's. There fit is the loop over
source's batches, state what it changes, and stepper, or workers, who makes the steps. events tell
what happens; checkpoint, outcome and describe keep it in the run's folder.
"""

from .. import called

called(__name__)  # papernets.train(net, data, ...) trains: see papernets.verbs.train
