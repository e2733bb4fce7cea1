// Draws a tree of lines with the usual branches. Pure; it knows nothing of what the lines say.

export type TreeLine = { readonly text: string; readonly children: readonly TreeLine[] };

/** One leaf, or none. */
export function branchesOf(text: string | undefined): readonly TreeLine[] {
  return text === undefined ? [] : [{ text, children: [] }];
}

export function drawTree(root: TreeLine): string {
  return [root.text, ...below(root.children, '')].join('\n');
}

function below(children: readonly TreeLine[], indent: string): readonly string[] {
  return children.flatMap(({ text, children: grandchildren }, index) => {
    const isLast = index === children.length - 1;
    return [`${indent}${isLast ? '└─' : '├─'} ${text}`, ...below(grandchildren, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}
