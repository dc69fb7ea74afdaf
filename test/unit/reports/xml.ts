/** An element of a small, strict XML reader: enough to tell whether a CI's parser would take a JUnit file. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const NAME = /[A-Za-z_:][\w:.-]*/y;
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Parses a document without DTD, comments and CDATA. Throws on whatever XML 1.0 calls not well-formed. */
export function parseXml(xml: string): Element {
  const illegal = ILLEGAL.exec(xml);
  if (illegal) throw new Error(`character U+${illegal[0].codePointAt(0)?.toString(16)} at ${illegal.index}`);
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${xml.slice(at, at + 40)}`);
  };
  const take = (literal: string): boolean => {
    const there = xml.startsWith(literal, at);
    if (there) at += literal.length;
    return there;
  };
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(xml) ?? fail(`expected ${pattern}`);
    at += found[0].length;
    return found[0];
  };
  const spaces = () => match(/[ \t\r\n]*/y);
  const decode = (raw: string): string => {
    if (raw.includes(']]>')) fail('"]]>" in text');
    return raw.replaceAll(/&([^;]*;)?/g, (entity) => {
      const number = /^&#(\d+);$/.exec(entity)?.[1];
      const character = number === undefined ? ENTITIES[entity.slice(1, -1)] : String.fromCodePoint(Number(number));
      if (character === undefined || ILLEGAL.test(character)) return fail(`bad entity ${entity}`);
      return character;
    });
  };

  const element = (): Element => {
    if (!take('<')) fail('expected <');
    const self: Element = { name: match(NAME), attributes: {}, children: [], text: '' };
    while (spaces() !== '' && /[^/>]/.test(xml[at] ?? '')) {
      const key = match(NAME);
      if (key in self.attributes) fail(`second attribute ${key}`);
      if (!take('="')) fail('expected ="');
      self.attributes[key] = decode(match(/[^"<]*/y));
      if (!take('"')) fail('expected "');
    }
    if (take('/>')) return self;
    if (!take('>')) fail('expected >');
    while (!take(`</${self.name}>`)) {
      if (at >= xml.length) fail(`<${self.name}> is not closed`);
      if (xml[at] === '<') self.children.push(element());
      else self.text += decode(match(/[^<]+/y));
    }
    return self;
  };

  if (!take('<?xml version="1.0" encoding="UTF-8"?>')) fail('expected an XML declaration');
  spaces();
  const root = element();
  spaces();
  if (at !== xml.length) fail('text after the document');
  return root;
}

export function all(root: Element, name: string): Element[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap((child) => all(child, name))];
}
