const LONGEST = 1 << 14;

/** A mailbox as it is stored holds logs in quoted-printable (RFC 2045): `=3D` is `=`, and a line that ends with `=` goes on. */
export class QuotedPrintable {
  private isOn = false;
  private before = '';

  get isDecoding(): boolean {
    return this.isOn;
  }

  /** Undefined: the line goes on in the next one. */
  decode(line: string): string | undefined {
    // A header of a mail, or what no log has: a number that begins with D.
    if (/^content-transfer-encoding:/i.test(line)) this.isOn = /quoted-printable/i.test(line);
    else if (!this.isOn && /\b(?:gfp_mask|cpuset|order)=3D/.test(line)) this.isOn = true;
    if (!this.isOn) return line;
    const whole = this.before + line.trimEnd();
    this.before = '';
    if (whole.endsWith('=') && whole.length < LONGEST) {
      this.before = whole.slice(0, -1);
      return undefined;
    }
    return plain(whole);
  }

  /** What of the last line was held. */
  end(): string | undefined {
    const { before } = this;
    this.before = '';
    return before === '' ? undefined : plain(before);
  }
}

/** ASCII, which all of a report is but for names; and the blank that is not broken. */
const plain = (line: string): string =>
  line
    .replaceAll('=C2=A0', ' ')
    .replace(/=([2-7][0-9A-F]|09)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
