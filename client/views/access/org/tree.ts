/** Something that stands in a tree. */
export interface Node {
  id: string;
  name: string;
  /** Null, or somebody who is not here: at the top. */
  parent: string | null;
}

export interface Line<T extends Node> {
  node: T;
  /** 1 at the top. */
  level: number;
  /** How many stand right below it. */
  below: number;
  open: boolean;
}

/** The lines of a tree as it is drawn, those below what is closed left out; siblings by name. */
export function linesOf<T extends Node>(nodes: readonly T[], isOpen: (id: string) => boolean): Line<T>[] {
  const known = new Set(nodes.map(({ id }) => id));
  const children = new Map<string | null, T[]>();
  for (const node of nodes) {
    const above = node.parent !== null && known.has(node.parent) ? node.parent : null;
    const siblings = children.get(above);
    if (siblings) siblings.push(node);
    else children.set(above, [node]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => a.name.localeCompare(b.name));
  const lines: Line<T>[] = [];
  const seen = new Set<string>();
  const draw = (above: string | null, level: number): void => {
    for (const node of children.get(above) ?? []) {
      if (seen.has(node.id)) continue;
      seen.add(node.id);
      const below = children.get(node.id)?.length ?? 0;
      const open = below > 0 && isOpen(node.id);
      lines.push({ node, level, below, open });
      if (open) draw(node.id, level + 1);
    }
  };
  draw(null, 1);
  return lines;
}

/** The node and everything below it: nothing of that can be put above it. */
export function belowOf(nodes: readonly Node[], id: string): Set<string> {
  const found = new Set([id]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { id: one, parent } of nodes) {
      if (parent === null || found.has(one) || !found.has(parent)) continue;
      found.add(one);
      grew = true;
    }
  }
  return found;
}
