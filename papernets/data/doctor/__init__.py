"""What is wrong with a set of pictures, found before a network learns it: nothing is changed."""

from papernets.data.doctor.everything import everything
from papernets.data.doctor.faults import Fault, faults_of
from papernets.data.doctor.look import Looked, look_at
from papernets.data.doctor.page import page

__all__ = ["Fault", "Looked", "everything", "faults_of", "look_at", "page"]
