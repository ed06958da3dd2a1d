"""The peer: a plain training script, as tutorials and demonstrations write it. Written for this comparison.

A Dataset of images, transforms, a DataLoader, loss and accuracy read for each batch, and after each epoch an evaluation of
the training and the test set through loaders of their own. The transforms are the paper's (appendix A): the middle 28 x 28
pixels, each image whitened by its own mean and deviation. Or those of many scripts, which whiten by the data set's.
"""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

BY_DATA_SET = transforms.Normalize((0.49, 0.48, 0.45), (0.25, 0.24, 0.26))


def by_image(image):
    """The image less its mean, over its deviation."""
    return (image - image.mean()) / max(image.std(correction=0), 1 / math.sqrt(image.numel()))


class Images(Dataset):
    """uint8 images of shape (n, side, side, 3) with their labels."""

    def __init__(self, images, labels, whiten):
        self.images, self.labels = images, labels
        steps = (transforms.ToPILImage(), transforms.CenterCrop(28), transforms.ToTensor())
        self.transform = transforms.Compose([*steps, whiten])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.transform(self.images[index]), int(self.labels[index])


class Script:
    """Training of a network, an epoch at a time, with so many processes for each loader; 0: in this one."""

    def __init__(self, network, train, test, workers, whiten=by_image, batch=128):
        self.network, self.loss = network, nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
        settings = {"batch_size": batch, "num_workers": workers}
        self.shuffled = DataLoader(Images(*train, whiten), shuffle=True, **settings)
        self.looked_at = [DataLoader(Images(*part, whiten), **settings) for part in (train, test)]

    def epoch(self):
        """Train for an epoch, then evaluate both sets; return the loss and the error on each."""
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
            return [self.look(loader) for loader in self.looked_at]

    def look(self, loader):
        """The mean loss and the share of wrong labels."""
        loss, wrong, count = 0.0, 0, len(loader.dataset)
        for images, labels in loader:
            outputs = self.network(images)
            loss += self.loss(outputs, labels).item() * len(labels)
            wrong += (outputs.argmax(1) != labels).sum().item()
        return loss / count, wrong / count
