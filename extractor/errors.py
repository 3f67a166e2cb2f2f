"""Everything that can be wrong with a call or a file, as one tree.

::

    ExtractorError
    ├── SettingsError           a setting holds a value that cannot be used
    ├── FormError               a form file does not describe a form
    ├── RecordError             a stored record does not have the shape of one
    ├── OutputError             a result cannot be written
    ├── ModelError              a model cannot be asked, or gave no answer that can be used
    ├── GoldError               a gold file is not one, contradicts its form, or its source changed
    ├── RecordingError          a recorded answer is missing, or belongs to another question
    ├── PageError               a page cannot be drawn: the file has none, or not that one
    ├── StoreError              the store cannot do what it was asked
    │   ├── StoreMissingError   there is none at that address, or it was never set up
    │   ├── StoreVersionError   it is of another version than this program
    │   ├── StoreBusyError      others hold it for longer than may be waited
    │   ├── StoreReadOnlyError
    │   ├── StoreDamagedError   its file is broken, or no store
    │   ├── StoreFullError      no room is left where it lies
    │   └── StoreGoneError      it cannot be reached any more, or not at all
    ├── JobError                a bulk job cannot do what it was asked
    ├── ReviewError             a step of reviewing is not possible
    │   ├── NoReportError       there is no such report (or round of it)
    │   ├── NotPermittedError   the person's role may not do this
    │   ├── ClaimedError        another person is at work on the report
    │   ├── StaleEditError      another edit was saved first; carries both
    │   ├── CorrectionError     the value cannot stand there
    │   └── StateError          not in this state: accepting over open errors, undoing nothing …
    └── InputError              one input cannot become a record (bulk work goes on)
        ├── EmptyFileError
        ├── MissingFileError
        ├── PermissionDeniedError
        ├── UnsupportedFormatError
        ├── DamagedFileError
        ├── EncryptedFileError
        ├── OcrMissingError     a picture or scan, and the extra [ocr] is not installed
        ├── OfficeMissingError  an old Word or OpenDocument file, and LibreOffice is not installed
        ├── LimitError          too large, too deep, unpacks to too much
        ├── TimeLimitError
        ├── CrashedError            reading ended the process, or failed by a fault of the program
        └── NotAReportError

A bad *file* is one of these; doubtful *content* is a finding (``extractor.finding``).
Every error speaks Chinese and English and names the offending and the expected value.
"""

from __future__ import annotations


class ExtractorError(Exception):
    """The root: ``code`` for programs, ``zh`` and ``en`` for people."""

    code = "error"

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __reduce__(self) -> tuple[type[ExtractorError], tuple[str, str]]:
        return type(self), (self.en, self.zh)


class SettingsError(ExtractorError):
    """A setting (environment, ``.env``) cannot be used."""

    code = "bad_setting"


class FormError(ExtractorError):
    """A form file cannot be read or does not describe a form."""

    code = "bad_form"


class RecordError(ExtractorError):
    """JSON that should be a record is none."""

    code = "bad_record"


class OutputError(ExtractorError):
    """A result cannot be written where it should go."""

    code = "cannot_write"


class ModelError(ExtractorError):
    """A question to a model has no usable answer."""

    code = "no_answer"


class GoldError(ExtractorError):
    """A gold file cannot be used: its shape, its labels or its source are not what they should be."""

    code = "bad_gold"


class RecordingError(ExtractorError):
    """A recorded answer is missing or stale."""

    code = "bad_recording"


class PageError(ExtractorError):
    """A page that was asked for cannot be drawn."""

    code = "no_such_page"


class InputError(ExtractorError):
    """One input that cannot become a record."""

    code = "bad_input"


class EmptyFileError(InputError):
    """No bytes, or nothing but white space."""

    code = "empty_file"


class MissingFileError(InputError):
    """No file at that path, or not a regular file."""

    code = "not_found"


class PermissionDeniedError(InputError):
    """The file may not be read by this user."""

    code = "no_permission"


class UnsupportedFormatError(InputError):
    """The content is of a kind this program does not read."""

    code = "unsupported_format"


class DamagedFileError(InputError):
    """The content is of a known kind but cut or broken."""

    code = "damaged_file"


class EncryptedFileError(InputError):
    """The content is protected by a password."""

    code = "encrypted_file"


class OcrMissingError(InputError):
    """A picture or a scan, which only an OCR engine reads, and none is installed."""

    code = "ocr_missing"


class OfficeMissingError(InputError):
    """A file that only LibreOffice converts, and there is none."""

    code = "office_missing"


class LimitError(InputError):
    """A limit of ``extractor.settings`` was passed (size, depth, entries, ratio)."""

    code = "limit_exceeded"


class TimeLimitError(InputError):
    """Reading took longer than ``Settings.seconds_per_document``."""

    code = "time_limit"


class CrashedError(InputError):
    """The process that read the file ended (memory, a fault in a library), or the program itself is at fault."""

    code = "crashed"


class NotAReportError(InputError):
    """Readable, but no yearly report of the kind the forms describe."""

    code = "not_a_report"


class StoreError(ExtractorError):
    """The store cannot do what it was asked."""

    code = "store"


class StoreMissingError(StoreError):
    """There is no store at that address, or it was never set up."""

    code = "no_store"


class StoreVersionError(StoreError):
    """The store was made by an older or a newer version of this program."""

    code = "store_version"


class StoreBusyError(StoreError):
    """Others hold the store for longer than ``Settings.seconds_for_store``."""

    code = "store_busy"


class StoreReadOnlyError(StoreError):
    """The store, or the user it is opened as, takes no changes."""

    code = "store_read_only"


class StoreDamagedError(StoreError):
    """The store's file is broken, or is no store."""

    code = "store_damaged"


class StoreFullError(StoreError):
    """No room is left for it: the disk is full, or a quota or a limit of file sizes is reached."""

    code = "store_full"


class StoreGoneError(StoreError):
    """The store cannot be reached: the server is down, refuses the user, or the file was taken away."""

    code = "store_gone"


class JobError(ExtractorError):
    """A bulk job cannot do what it was asked: there is none of that name, or nothing is left to go on with."""

    code = "job"


class ClusterError(ExtractorError):
    """A cluster cannot be used: it is not there, what it needs is not installed, or the store is on one machine."""

    code = "cluster"


class ReviewError(ExtractorError):
    """A step of reviewing is not possible; nothing was changed."""

    code = "review"


class NoReportError(ReviewError):
    """There is no such report in the store."""

    code = "no_such_report"


class NotPermittedError(ReviewError):
    """The person's role may not do this."""

    code = "not_permitted"


class ClaimedError(ReviewError):
    """Another person is at work on the report."""

    code = "claimed"


class StaleEditError(ReviewError):
    """Another edit was saved first. ``mine`` is what was to be saved, ``theirs`` what stands there now."""

    code = "stale_edit"

    def __init__(self, en: str, zh: str, mine: object = None, theirs: object = None) -> None:
        super().__init__(en, zh)
        self.mine = mine
        self.theirs = theirs


class CorrectionError(ReviewError):
    """The value cannot stand at that place."""

    code = "bad_correction"


class StateError(ReviewError):
    """The report is not in a state in which this can be done."""

    code = "wrong_state"
