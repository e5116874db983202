using GoNoGo.Cli.Terminals;

namespace GoNoGo.Cli;

/// <summary>What a verb is given besides its parsed arguments.</summary>
/// <param name="Terminal">Where results, progress and notes go.</param>
/// <param name="Args">The arguments as they were typed.</param>
/// <param name="Cancellation">Set by Ctrl+C and SIGTERM.</param>
internal sealed record Session(Terminal Terminal, IReadOnlyList<string> Args, CancellationToken Cancellation);
