"""A file that uses every construct of the language once, comments in all places."""

SAMPLE = """# at the very top

## What the task is about.
## A second line.
task "family/name"  # the name

use "pgt/panels" { cut = true, rim ~ 1vw .. 2vw }
canvas 400px by 3 * 100px
background img: photo { zoom = 1.5 }

## How many.
pick n ~ 1 .. 9   # every count equally often
let  by = (2vmin, -3px)
let where ~ [0, 1] except 0


# a group of its own
shape a: figure  # no block
shape xs: circle[n + 1] {  # behind the brace
  let half = 2vmin
  # before a field
  radius = half * (1 + index)   # behind a field
  color ~ basic except red
  by = -half
  # after the fields
}

kind dial(at: point, size: length = 50vmin, hour: int ~ 1 .. 12, xs: shape[]) {  # dial
  # in a kind
  let turn = 30deg * hour

  ## The rim.
  shape rim: circle { at = at, radius = size / 2, outline = black }   # rim
  require size > 3px because "it must be \\"legible\\""
  # last in a kind
}
def f(a: shape, b: shape[]): bool = all(x in b where x.color == a.color: not x.at in 1px .. 2px or a.x < x.x)

require f(a, xs) and (a.x < 3vw or a.y > 2vh) == true
require if n > 2 then (if n > 3 then true else false) else a.color != red

ask "Is {a} {{left}} of {xs[0]}, the {n:nth} of {xs:or}, {if n > 1 then "big" else "small"}?"
  # between two wordings
  | "{n} {n|dot|dots}: {count(x in xs: x.a)}"  # behind a wording
  answer count(s in shapes where s.form == circle) even over 0 .. 9 clear 3vmin, 0.08  # behind the answer
  expect n
  # before wrong
  wrong n - 1 as "off by one", [n, 2]
  say "It is {answer:word}." | "Yes."
  because "{a} is at {a.at}."

twin n moves a.at, xs
# the end
"""
