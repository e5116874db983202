using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Options;

/// <summary>Each detector has a page, and the page's option table is the one in the code.</summary>
public sealed class DetectorDocsTests
{
    public static TheoryData<string> Ids() => [.. DetectorCatalog.Entries.Select(entry => entry.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void ThePageHasTheTable(string id)
    {
        Assert.SkipWhen(SharedFolder.RepositoryRoot is null, "the source tree is not beside the test");
        string page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot!, "docs", "detectors", id + ".md")).ReplaceLineEndings("\n");
        string table = OptionTableMarkdown.Write(DetectorCatalog.Find(id).Options);
        foreach (string line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(line + "\n", page, StringComparison.Ordinal);
        }

        Assert.Equal(table.Count(letter => letter == '\n'), page.Split('\n').Count(line => line.StartsWith('|')));
    }
}
