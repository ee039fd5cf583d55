"""Sends tensors through a pipe between processes."""

import multiprocessing as mp

import torch


def twice(connection):
    connection.send(connection.recv() * 2)
    connection.recv()  # a tensor is fetched from its sender, who must not have left by then
    connection.close()


def program():
    ours, theirs = mp.Pipe()
    worker = mp.Process(target=twice, args=(theirs,))
    worker.start()
    ours.send(torch.arange(6.0).reshape(2, 3))
    result = ours.recv()
    ours.send("here")
    worker.join()
    return result
