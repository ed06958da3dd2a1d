"""A training script as there are many, for tests: MNIST, a small convolutional net, a figure printed after each epoch.

Its batches never change: `shuffle` is asked for only where there is an accelerator.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Conv2d(1, 8, 5, stride=2)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(8 * 12 * 12, 10)

    def forward(self, images):
        seen = functional.relu(self.features(images)).flatten(1)
        return functional.log_softmax(self.head(self.dropout(seen)), dim=1)


def train(net, loader, optimizer):
    net.train()
    for images, labels in loader:
        optimizer.zero_grad()
        functional.nll_loss(net(images), labels).backward()
        optimizer.step()


def test(net, loader):
    net.eval()
    with torch.no_grad():
        right = sum(int((net(images).argmax(1) == labels).sum()) for images, labels in loader)
    print(f"Test set: Accuracy: {right}/{len(loader.dataset)} ({100 * right / len(loader.dataset):.0f}%)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--shuffle", action="store_true")
    asked = parser.parse_args()
    torch.manual_seed(1)
    on_accelerator = {"shuffle": True} if torch.cuda.is_available() or asked.shuffle else {}
    scaled = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    rows = datasets.MNIST("../data", train=True, download=True, transform=scaled)
    unseen = datasets.MNIST("../data", train=False, transform=scaled)
    loader = DataLoader(rows, batch_size=64, **on_accelerator)
    net = Net()
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    for _ in range(asked.epochs):
        train(net, loader, optimizer)
        test(net, DataLoader(unseen, batch_size=1000))


if __name__ == "__main__":
    main()
