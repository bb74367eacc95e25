"""The style sheet of the whole program. Only palette roles, so one text serves light and dark.

Roles that carry a meaning of their own here: midlight = the side pane, mid = hairlines,
placeholder-text = secondary text, link = the accent, bright-text = text on the accent.
"""

STYLE_SHEET = """
QPushButton {
    background: palette(base); color: palette(text); border: 1px solid palette(mid);
    border-radius: 6px; padding: 6px 14px; min-height: 18px;
}
QPushButton:hover { background: palette(alternate-base); }
QPushButton:pressed { background: palette(midlight); }
QPushButton:disabled { color: palette(placeholder-text); background: palette(alternate-base); }
QPushButton:focus { border: 2px solid palette(link); padding: 5px 13px; }
QPushButton[primary="true"] {
    background: palette(link); color: palette(bright-text); border: 1px solid palette(link);
    font-weight: 600;
}
QPushButton[primary="true"]:disabled {
    background: palette(mid); border-color: palette(mid); color: palette(placeholder-text);
}
QPushButton[primary="true"]:focus { border: 2px solid palette(text); padding: 5px 13px; }
QPushButton[danger="true"] { color: @bad; }
QPushButton[quiet="true"] {
    background: transparent; color: palette(placeholder-text); border: 2px solid transparent;
    padding: 4px 6px;
}
QPushButton[quiet="true"]:hover { color: palette(text); background: palette(alternate-base); }
QPushButton[quiet="true"]:focus { border: 2px solid palette(link); padding: 4px 6px; color: palette(text); }
QPushButton[tiny="true"] { padding: 0; min-height: 0; border-radius: 4px; }
QPushButton[tiny="true"]:focus { padding: 0; }
QPushButton[quiet="true"][danger="true"] { color: @bad; }
QPushButton[quiet="true"][accent="true"] { color: palette(link); padding: 4px 2px; }
QPushButton::menu-indicator {
    image: url("@icon-chevron"); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 8px;
}

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDateTimeEdit, QComboBox {
    background: palette(base); color: palette(text); border: 1px solid palette(mid);
    border-radius: 6px; padding: 6px 9px; selection-background-color: palette(highlight);
    selection-color: palette(highlighted-text); placeholder-text-color: palette(placeholder-text);
}
QLineEdit, QSpinBox, QDateTimeEdit, QComboBox { min-height: 18px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDateTimeEdit:focus, QComboBox:focus {
    border: 2px solid palette(link); padding: 5px 8px;
}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] {
    border: 2px solid @bad; padding: 5px 8px;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { color: palette(placeholder-text); }
QComboBox[verb] { font-weight: 600; }
QComboBox[verb="good"] { color: @good; }
QComboBox[verb="soon"] { color: @soon; }
QComboBox[verb="bad"] { color: @bad; }
QComboBox[verb="accent"] { color: palette(link); }
QLineEdit[off="true"] { color: palette(placeholder-text); }
QLineEdit:read-only { color: palette(text); }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("@icon-chevron"); width: 14px; height: 14px; }
QCheckBox { spacing: 8px; color: palette(text); }
QCheckBox:disabled { color: palette(placeholder-text); }
QCheckBox::indicator {
    width: 15px; height: 15px; border: 1px solid palette(placeholder-text); border-radius: 4px;
    background: palette(base);
}
QCheckBox::indicator:checked {
    background: palette(link); border: 1px solid palette(link); image: url("@icon-check");
}
QCheckBox::indicator:focus { border: 2px solid palette(link); width: 13px; height: 13px; }
QCheckBox::indicator:checked:focus { border: 2px solid palette(text); }
QCheckBox::indicator:disabled { border: 1px solid palette(mid); background: palette(alternate-base); }
QListView::indicator {
    width: 13px; height: 13px; border: 1px solid palette(placeholder-text); border-radius: 4px;
    background: palette(base);
}
QListView::indicator:checked {
    background: palette(link); border: 1px solid palette(link); image: url("@icon-check");
}
QListView[ticks="true"]::item { padding: 4px 6px; border: 2px solid transparent; border-radius: 6px; }
QListView[ticks="true"]::item:selected { background: palette(highlight); color: palette(highlighted-text); }
QListView[ticks="true"]::item:selected:focus { border: 2px solid palette(link); }
QComboBox QAbstractItemView {
    background: palette(base); border: 1px solid palette(mid); padding: 3px; outline: none;
}
QComboBox QAbstractItemView::item, QListWidget::item { border-radius: 6px; padding: 5px 8px; border: none; }
QComboBox QAbstractItemView::item:selected, QListWidget::item:selected {
    background: palette(highlight); color: palette(highlighted-text);
}
QListWidget::item:hover:!selected { background: palette(alternate-base); }
QListWidget::item:selected:focus { border: 2px solid palette(link); padding: 3px 6px; }

QFrame[hairline="true"] { background: palette(mid); border: none; }
QLabel[role="dim"] { color: palette(placeholder-text); }
QLabel[role="strong"] { font-weight: 600; }
QLabel[kind="good"] { color: @good; }
QLabel[kind="soon"] { color: @soon; }
QLabel[kind="bad"] { color: @bad; }
QLabel[kind="accent"] { color: palette(link); }
QLabel[kind="neutral"] { color: palette(placeholder-text); }

QFrame[card="true"] { background: palette(base); border: 1px solid palette(mid); border-radius: 10px; }
QWidget[surface="base"] { background: palette(base); }
QWidget[surface="side"] { background: palette(midlight); }
QWidget[surface="window"] { background: palette(window); }

QTabWidget::pane { border: none; }
QTabWidget::tab-bar { left: 20px; }
QTabWidget[inner="true"]::tab-bar { left: 0; }
QSplitter::handle:vertical { background: transparent; border: none; border-top: 1px solid palette(mid); }
QSplitter::handle:vertical:hover { border-top: 2px solid palette(link); }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: palette(placeholder-text); border: none;
    border-bottom: 2px solid transparent; padding: 8px 14px 7px 14px;
}
QTabBar::tab:hover { color: palette(text); }
QTabBar::tab:selected { color: palette(text); font-weight: 600; border-bottom: 2px solid palette(link); }
QTabBar::tab:focus { color: palette(link); }

QAbstractItemView { background: transparent; border: none; outline: none; }
QTableView[rows="drawn"] { selection-background-color: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget[scrolled="true"] { background: transparent; border: none; }
QScrollArea[stop="true"]:focus { border: 2px solid palette(link); border-radius: 6px; }
QHeaderView::section {
    background: transparent; color: palette(placeholder-text); border: none;
    border-bottom: 1px solid palette(mid); padding: 6px 8px;
}
QHeaderView::section:first { padding-left: 20px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle {
    background: palette(mid); border-radius: 3px; margin: 2px; min-height: 28px; min-width: 28px;
}
QScrollBar::handle:hover { background: palette(placeholder-text); }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: transparent; border: none; width: 0; height: 0;
}
QToolTip { background: palette(base); color: palette(text); border: 1px solid palette(mid); padding: 4px; }
QMenu { background: palette(base); border: 1px solid palette(mid); border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 22px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: palette(highlight); color: palette(highlighted-text); }
QMenu::item:disabled { color: palette(placeholder-text); }
QMenu::separator { height: 1px; background: palette(mid); margin: 4px 8px; }
QProgressBar { background: palette(alternate-base); border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: palette(link); border-radius: 3px; }
"""
