"""The model that is handed out, and what only it needs.

`recipe` is the recipe "everyday" and its answering form; `copies` makes other recordings of a clip, for training;
`network` and `graph` are the networks in Keras and in ONNX; `likeness` tells what is no voice.
"""

from .recipe import Everyday as Everyday
