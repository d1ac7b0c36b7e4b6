/** `91.2 %`. All is said of all only, and nothing of nothing: 99.96 % is not 100 %. */
export function shareText(share: number): string {
  const tenths = Math.round(share * 1000)
  const kept = share < 1 ? Math.min(tenths, 999) : tenths
  return `${((share > 0 ? Math.max(kept, 1) : kept) / 10).toFixed(1)} %`
}
