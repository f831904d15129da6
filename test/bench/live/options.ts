/** `--name 5` or `--name=5`; a number above 0. */
export function numberOption(args: readonly string[], name: string, initial: number): number {
  const at = args.findIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  if (at < 0) return initial;
  const text = args[at]?.split('=')[1] ?? args[at + 1];
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} wants a number above 0, not "${text}"`);
  return value;
}
