import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    // Pure modules need no DOM; the few tests that do say so in their first line.
    environment: "node",
    restoreMocks: true,
  },
});
