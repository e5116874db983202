namespace GoNoGo.Cli;

/// <summary>What the process says to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done; <c>inspect</c>: every part is go.</summary>
    public const int Done = 0;

    /// <summary>Failed; <c>inspect</c>: also when a picture could not be read.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary><c>inspect</c> found a no-go part.</summary>
    public const int NoGo = 3;

    /// <summary>Interrupted.</summary>
    public const int Interrupted = 130;
}
