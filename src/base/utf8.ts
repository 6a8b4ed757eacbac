/**
 * Text of bytes that should be UTF-8; what is not becomes U+FFFD, one for each maximal subpart (Unicode 15, section 3.9), as
 * TextDecoder does. Meant for names of a few bytes: the rooms below the editor have no TextDecoder.
 */
export function utf8Text(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let i = from; i < to; ) {
    const lead = bytes[i++] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    let more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    if (more === 0) {
      text += '\ufffd';
      continue;
    }
    // The first continuation byte has a narrower range: no overlong forms, no surrogates, nothing above U+10FFFF.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    let point = lead & (more === 1 ? 0x1f : more === 2 ? 0x0f : 0x07);
    for (; more > 0 && i < to; more--) {
      const next = bytes[i] as number;
      if (next < low || next > high) break;
      point = (point << 6) | (next & 0x3f);
      low = 0x80;
      high = 0xbf;
      i++;
    }
    text += more === 0 ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}
