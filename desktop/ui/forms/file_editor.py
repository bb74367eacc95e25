"""Several lines that mostly come out of a file: a certificate, a private key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from connectors.definition import Field
from connectors.fields import LONGEST_VALUE
from desktop.ui.forms.editors import TextEditor
from desktop.ui.widgets import TextButton


def takes_file(field: Field) -> bool:
    """Whether people have the value of this field in a file."""
    return field.type == "textarea" and field.format in ("certificate", "private_key")


class FileTextEditor(TextEditor):
    """`refused(sentence)` when the file that was chosen cannot be taken; what stood there before stays."""

    refused = Signal(str)

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.choose = TextButton(
            self.tr("Choose file…"), accent=True, name=self.tr("Choose file for {0}").format(field.name)
        )
        self.choose.clicked.connect(self._ask)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.setSpacing(4)
        column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask(self) -> None:
        kinds = "*.pem *.key" if self.field.format == "private_key" else "*.pem *.crt *.cer *.p12 *.pfx"
        dialog = QFileDialog(
            self,
            self.field.name,
            str(Path.home()),
            self.tr("Usual files ({0});;All files (*)").format(kinds),
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_file)
        dialog.open()

    def take_file(self, path: str) -> None:
        """Fills the field from a file, as if it had been typed and left."""
        from connectors.wire.certificates import file_text  # its library takes its time

        try:
            with Path(path).open("rb") as file:
                text = file_text(file.read(LONGEST_VALUE + 1))
        except OSError as error:
            reason = (error.strerror or self.tr("no reason given")).lower()
            self.refused.emit(self.tr("The file cannot be read: {0}.").format(reason))
            return
        except UnicodeDecodeError:
            self.refused.emit(self.tr("The file is neither PEM text nor a PKCS#12 file."))
            return
        self.set_value(text.strip())
        self.left.emit()
