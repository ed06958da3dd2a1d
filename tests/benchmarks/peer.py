"""The peer: a plain training script, as tutorials and demonstrations write it. Written for this comparison.

A Dataset of images, transforms, a DataLoader, loss and accuracy read for each batch, and after each epoch an evaluation of
the training and the test set through loaders of their own.
"""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

MEAN, DEVIATION = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)


class Images(Dataset):
    """uint8 images of shape (n, side, side, 3) with their labels."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels
        steps = (transforms.ToPILImage(), transforms.CenterCrop(28), transforms.ToTensor())
        self.transform = transforms.Compose([*steps, transforms.Normalize(MEAN, DEVIATION)])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.transform(self.images[index]), int(self.labels[index])


class Script:
    """Training of a network, an epoch at a time, with so many processes for each loader; 0: in this one."""

    def __init__(self, network, train, test, workers, batch=128):
        self.network, self.loss = network, nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
        settings = {"batch_size": batch, "num_workers": workers}
        self.shuffled = DataLoader(Images(*train), shuffle=True, **settings)
        self.looked_at = [DataLoader(Images(*part), **settings) for part in (train, test)]

    def epoch(self):
        """Train for an epoch, then evaluate both sets; return the errors."""
        self.network.train()
        for images, labels in self.shuffled:
            outputs = self.network(images)
            loss = self.loss(outputs, labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            _ = loss.item(), (outputs.argmax(1) == labels).float().mean().item()
        self.network.eval()
        with torch.no_grad():
            return [self.error(loader) for loader in self.looked_at]

    def error(self, loader):
        """The share of wrong labels."""
        wrong = sum((self.network(images).argmax(1) != labels).sum().item() for images, labels in loader)
        return wrong / len(loader.dataset)


def pixels(count, side=32, seed=0):
    """CIFAR-shaped images and labels: (count, side, side, 3) uint8 and (count,) int64."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8), rng.integers(0, 10, count)
