using Spectre.Console;

namespace GoNoGo.Cli.Terminals;

/// <summary>What a piece of text means; a terminal with colours shows it.</summary>
internal enum Tone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>Go, found, fine.</summary>
    Good,

    /// <summary>No-go, missed, failed.</summary>
    Bad,

    /// <summary>Aside.</summary>
    Dim,
}

/// <summary>Colours of tones.</summary>
internal static class Tones
{
    public static Style Style(this Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Dim => new Style(decoration: Decoration.Dim),
        _ => Spectre.Console.Style.Plain,
    };
}
