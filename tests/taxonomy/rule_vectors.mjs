/** Answers the rule vectors with static/js/rules.js; called by test_rules_js.py. */

/** @returns {string[]} what differs from the expected answers */
export function differences(RuleBook, { nodes, vectors }) {
  const found = [];
  for (const { about, line, rules, conflicts } of vectors) {
    const tree = nodes.map(([id, parent, assignable]) => ({ id, parent, assignable }));
    const book = RuleBook.compile(tree, rules, line);
    for (const { tags, conflicts: expected } of conflicts) {
      const answer = book.conflicts(tags).map((conflict) => ({ ...conflict, rule: conflict.rule?.id ?? null }));
      const [is, should] = [answer, expected].map((list) => JSON.stringify(list.map(plain)));
      if (is !== should) found.push(`${about} ${JSON.stringify(tags)}: ${is}, not ${should}`);
    }
  }
  return found;
}

function plain({ reason, rule, tags, repairs }) {
  return [reason, rule, tags, repairs.map(({ remove, add }) => [remove, add])];
}
