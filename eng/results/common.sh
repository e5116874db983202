# Sourced by the scripts beside it, after they made their paths absolute: goes to the repository's root, builds the command line unless
# GONOGO says how to call it, and gives the functions that run it and read its JSON.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -z "${GONOGO:-}" ]; then dotnet build -c Release -v quiet --nologo src/GoNoGo.Cli >&2; fi

gonogo() { ${GONOGO:-dotnet artifacts/bin/GoNoGo.Cli/release/GoNoGo.Cli.dll} "$@"; }

# field NAME FILE: the first number of that name.
field() { grep -o "\"$1\": *[-0-9.eE]*" "$2" | head -1 | sed 's/.*: *//'; }

# word NAME FILE: the first text of that name.
word() { grep -o "\"$1\": *\"[^\"]*\"" "$2" | head -1 | sed 's/.*: *"//; s/"//'; }
