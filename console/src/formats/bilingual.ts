/** Playbooks are written in both languages, one behind the other: `自救 / Self-rescue`. The part in this one. */
export function inLanguage(text: string, locale: string): string {
  const parts = text.split(' / ')
  if (parts.length !== 2) return text
  return (locale === 'en' ? parts[1] : parts[0])!.trim()
}
