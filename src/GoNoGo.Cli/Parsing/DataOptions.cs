using System.CommandLine;

namespace GoNoGo.Cli.Parsing;

/// <summary>Options that choose the data.</summary>
internal static class DataOptions
{
    public static Option<string?> Data(bool required, string description = "folder of the data set (MVTec AD, BTAD, VisA, KolektorSDD, MNIST, or good/ bad/ masks/)") =>
        new("--data") { Description = description, HelpName = "DIR", Required = required };

    public static Option<string?> Category(string description = "category; needed where the data set has several") =>
        new("--category") { Description = description, HelpName = "C" };

    public static Option<string?> Layout() =>
        new("--layout") { Description = "layout of the data set instead of recognising it: mvtec-ad, btad, visa, kolektor, mnist or folder", HelpName = "ID" };

    public static Option<bool> Force(string description = "overwrite what exists") => new("--force") { Description = description };

    public static Option<bool> Json(string description = "one JSON object instead of text") => new("--json") { Description = description };
}
