/**
 * Items with their positions, as keys for React: for lists whose items have no identity of their own and never change
 * places, such as the messages of a chat.
 */
export function numbered<Item>(items: readonly Item[]): { position: number; item: Item }[] {
  return items.map((item, position) => ({ position, item }));
}
