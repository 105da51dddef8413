"""全国地方公共団体コード: six digits, the last one a check digit."""

from django.core.exceptions import ValidationError

WEIGHTS = (6, 5, 4, 3, 2)


def check_digit(five: str) -> str:
    """The check digit of a five-digit code: (11 − weighted sum mod 11) mod 10 (総務省)."""
    total = sum(int(digit) * weight for digit, weight in zip(five, WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def normalise_code(text: str) -> str:
    """Six digits from six or five; ValidationError names what is wrong."""
    if not (text.isascii() and text.isdigit() and len(text) in (5, 6)):
        raise ValidationError(f"団体コード「{text}」は、6桁（又は5桁）の半角数字で入力してください。")
    code = text if len(text) == 6 else text + check_digit(text)
    if code[5] != check_digit(code[:5]):
        raise ValidationError(
            f"団体コード「{text}」の検査数字（6桁目）が合いません。正しいコードを確かめてください。"
        )
    return code


def validate_code(text: str) -> None:
    """Model validator: exactly six digits with a right check digit."""
    if len(text) != 6 or normalise_code(text) != text:
        raise ValidationError(f"団体コード「{text}」は、検査数字を含む6桁で入力してください。")
