import js from "@eslint/js";
import globals from "globals";

const INTERNAL_NAME = "/^_./";
const INTERNAL_SELECTOR = "/\\.(gl-container|glimages|svg-container|main-svg|nsewdrag|draglayer|textpoint)\\b/";
const message = "What is inside Plotly is read in plotly_internals.js alone.";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "max-len": ["error", { code: 120 }],
      "no-shadow": "error",
      "no-unused-vars": ["error", { varsIgnorePattern: "^_$", argsIgnorePattern: "^_$" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    ignores: ["**/plotly_internals.js"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: `MemberExpression > Identifier.property[name=${INTERNAL_NAME}]`, message },
        { selector: `Literal[value=${INTERNAL_SELECTOR}]`, message },
      ],
    },
  },
];
