import { existsSync, readFileSync } from 'node:fs';

export interface Distribution {
  /** For people: Debian GNU/Linux 12 (bookworm). */
  name: string;
  /** Debian or one of its descendants: apt and Debian's package names. */
  debian: boolean;
  /** Does systemd run here, so that it starts services? */
  systemd: boolean;
}

export function distribution(): Distribution {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return { ...distributionFrom(text), systemd: existsSync('/run/systemd/system') };
}

/** From the text of /etc/os-release. */
export function distributionFrom(osRelease: string): Omit<Distribution, 'systemd'> {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const family = `${field('ID')} ${field('ID_LIKE')}`.split(' ');
  return { name: field('PRETTY_NAME') || field('ID') || 'unknown', debian: family.includes('debian') };
}
