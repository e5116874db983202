using System.Text.RegularExpressions;

namespace GoNoGo.Reports.Html;

/// <summary>Takes the folders of this machine out of sentences: a report goes to other people.</summary>
internal static partial class PathText
{
    /// <summary>The sentence with every absolute path reduced to its file name.</summary>
    public static string WithoutFolders(string sentence) =>
        Unquoted().Replace(Quoted().Replace(sentence, "'$1'"), "");

    /// <summary>'/folder/name' and 'C:\folder\name', spaces allowed.</summary>
    [GeneratedRegex(@"'(?:[A-Za-z]:)?[\\/](?:[^'\n]*[\\/])?([^'\\/\n]*)'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    /// <summary>/folder/ and C:\folder\ at the start of a word.</summary>
    [GeneratedRegex(@"(?<![\w.:'\\/])(?:[A-Za-z]:)?[\\/](?:[^\s'\\/]+[\\/])+", RegexOptions.CultureInvariant)]
    private static partial Regex Unquoted();
}
