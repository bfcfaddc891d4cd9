// A small runner: claims in order, each with its name; the closing line is what the whole suite counts.

const claims = [];

/** Something that must hold. */
export function claim(name, job) {
  claims.push({ name, job });
}

export function must(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Runs them all, or those whose name contains the word; the process ends with what came of it. */
export async function prove(world, word) {
  let passed = 0;
  let failed = 0;
  for (const { name, job } of claims) {
    if (word && !name.includes(word)) continue;
    const began = performance.now();
    try {
      await job(world);
      passed += 1;
      console.log(`ok      ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n        ${String(error.stack ?? error).replaceAll("\n", "\n        ")}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}
