"""A very small Qt window: what the AT-SPI driver is itself tested on."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)


class SmallWindow(QWidget):
    """A field, a password, a button that greets, two tabs and a table."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Small window")
        layout = QVBoxLayout(self)
        self.name = QLineEdit(self)
        self.name.setAccessibleName("Your name")
        secret = QLineEdit(self)
        secret.setAccessibleName("Passphrase")
        secret.setEchoMode(QLineEdit.EchoMode.Password)
        greet = QPushButton("Greet", self)
        greet.clicked.connect(self.greet)
        greet.setEnabled(False)
        self.name.textEdited.connect(lambda text: greet.setEnabled(bool(text)))
        self.name.textChanged.connect(lambda text: greet.setEnabled(bool(text)))
        self.greeting = QLabel(self)
        self.views = QListWidget(self)
        self.views.setAccessibleName("Views")
        self.views.addItems(["Accounts", "Activity"])
        self.views.currentTextChanged.connect(lambda text: self.greeting.setText(f"View {text}"))
        tabs = QTabWidget(self)
        table = QTableWidget(2, 1, self)
        table.setAccessibleName("Accounts")
        for row, text in enumerate(("Amelia", "Ben")):
            table.setItem(row, 0, QTableWidgetItem(text))
        table.itemSelectionChanged.connect(
            lambda: self.greeting.setText(f"Chosen {table.selectedItems()[0].text()}")
        )
        tabs.addTab(table, "Overview")
        tabs.addTab(QLabel("A token", self), "Token")
        for widget in (self.name, secret, greet, self.greeting, self.views, tabs):
            layout.addWidget(widget)

    def greet(self) -> None:
        """Say hello in the label."""
        self.greeting.setText(f"Hello {self.name.text()}")


if __name__ == "__main__":
    app = QApplication(sys.argv)
    window = SmallWindow()
    window.show()
    sys.exit(app.exec())
