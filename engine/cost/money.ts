/** Dollars with cents, and thousands apart; what rounds to nothing is 0.00, without a sign. */
export function usd(value: number): string {
  const cents = Math.round(value * 100) / 100;
  return (cents === 0 ? 0 : cents).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
