using System.Text.RegularExpressions;
using GoNoGo.Testing;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>The help says what exists, and docs/cli.md says the same.</summary>
public sealed partial class HelpTests
{
    public static readonly string[] Verbs = ["demo", "data describe", "data cache", "train", "evaluate", "inspect", "threshold", "info", "metrics",
        "weights list", "weights pull", "weights import", "weights path", "weights verify", "features", "export"];

    public static TheoryData<string> EveryVerb => [.. Verbs];

    [Fact]
    public void The_program_lists_its_verbs()
    {
        string help = Gonogo.Do("--help").Out;
        foreach (string verb in Verbs)
        {
            Assert.Contains("\n  " + verb.Split(' ')[0] + " ", help, StringComparison.Ordinal);
        }

        foreach (string later in new[] { "bench", "advise" })
        {
            Assert.DoesNotContain("\n  " + later + " ", help, StringComparison.Ordinal);
            Assert.Equal(2, Gonogo.Run(later).Code);
        }
    }

    [Fact]
    public void Version_names_version_and_commit() =>
        Assert.Matches(@"^gonogo \d+\.\d+\.\d+ \(commit ([0-9a-f]{12}|unknown.*)\)", Gonogo.Do("--version").Out);

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void Every_verb_has_an_example(string verb)
    {
        string help = Gonogo.Do([.. verb.Split(' '), "--help"]).Out;
        Assert.Matches($@"\nExamples?\n  gonogo {verb}", help);
        Assert.Equal(help, Gonogo.Do([.. verb.Split(' '), "-h"]).Out);
    }

    /// <summary>Every option of the help is on the page with the same words, and the page has no others.</summary>
    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void The_page_and_the_help_agree(string verb)
    {
        string help = Gonogo.Do([.. verb.Split(' '), "--help"]).Out;
        string options = Section(help, "Options");
        string[] inHelp = [.. HelpOption().Matches(options).Select(match => match.Groups[1].Value.Trim())];
        Assert.NotEmpty(inHelp);
        string page = Chapter("gonogo " + verb);
        string[] onPage = [.. PageOption().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(inHelp, onPage);
        string usage = Section(help, "Usage").Trim();
        Assert.Contains(usage, page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_the_options_of_every_verb()
    {
        string[] inHelp = [.. HelpOption().Matches(Section(Gonogo.Do("train", "--help").Out, "Options of every verb")).Select(match => match.Groups[1].Value.Trim())];
        string[] onPage = [.. PageOption().Matches(Chapter("Options of every verb")).Select(match => match.Groups[1].Value)];
        Assert.Equal(inHelp, onPage);
    }

    [Fact]
    public void The_page_has_no_other_chapters_of_verbs()
    {
        string[] chapters = [.. VerbChapter().Matches(Page).Select(match => match.Groups[1].Value)];
        Assert.Equal(Verbs, chapters);
    }

    private static string Page => File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot!, "docs", "cli.md")).ReplaceLineEndings("\n");

    private static string Chapter(string heading)
    {
        string[] parts = Page.Split("\n## ");
        return Assert.Single(parts, part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
    }

    private static string Section(string help, string heading)
    {
        string text = help.ReplaceLineEndings("\n");
        int start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal) + heading.Length + 2;
        int end = text.IndexOf("\n\n", start, StringComparison.Ordinal);
        return text[start..(end < 0 ? text.Length : end)];
    }

    [GeneratedRegex(@"^  (--[a-z-]+(?: [A-Za-z=.]+)?)", RegexOptions.Multiline)]
    private static partial Regex HelpOption();

    [GeneratedRegex(@"^\| `(--[a-z-]+(?: [A-Za-z=.]+)?)` \|", RegexOptions.Multiline)]
    private static partial Regex PageOption();

    [GeneratedRegex(@"^## gonogo (.+)$", RegexOptions.Multiline)]
    private static partial Regex VerbChapter();
}
