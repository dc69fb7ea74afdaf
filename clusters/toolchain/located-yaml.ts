import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Something wrong in a YAML file: where (path of keys) and what. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** A parsed YAML file that can tell the line of any of its keys. */
export class LocatedYaml {
  private readonly lines = new LineCounter();
  private readonly document: Document;
  private readonly file: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.document = parseDocument(text, { lineCounter: this.lines });
  }

  /** The first parse errors (the rest follow from them) as `file:line:col message`; empty when the file is YAML. */
  syntaxErrors(): string[] {
    return this.document.errors.slice(0, 3).map((e) => `${this.at(e.pos[0])} ${e.message.split('\n')[0]}`);
  }

  value(): unknown {
    return this.document.toJS();
  }

  /** `file:line:col path: message`; a missing key is placed at the nearest parent that exists. */
  describe(problem: Problem): string {
    const label = problem.path.length === 0 ? '' : `${problem.path.map(String).join('.')}: `;
    return `${this.at(this.offset(problem.path))} ${label}${problem.message}`;
  }

  private offset(path: PropertyKey[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = depth === 1 ? this.document.contents : this.document.getIn(path.slice(0, depth - 1), true);
      const last = path[depth - 1];
      const key = isMap(parent) ? parent.items.find((p) => isScalar(p.key) && p.key.value === last)?.key : undefined;
      const node = isNode(key) ? key : this.document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }

  private at(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }
}

/** zod's issues, with an unknown key placed on the key itself and not on its parent. */
export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown key' }))
      : [{ path: issue.path, message: issue.message }],
  );
}
