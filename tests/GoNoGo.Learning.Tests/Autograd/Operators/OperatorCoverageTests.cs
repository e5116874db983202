using GoNoGo.Learning.Tests.Operators;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Every case of the reference data has a test that runs it.</summary>
public sealed class OperatorCoverageTests
{
    /// <summary>Families of cases whose tests go through the file, or build the names, instead of naming each case.</summary>
    private static readonly (string Prefix, Type Tests)[] Families =
    [
        ("conv2d.", typeof(ConvolutionOperatorTests)),
        ("convt.", typeof(ConvolutionOperatorTests)),
    ];

    [Fact]
    public void Every_case_is_run_by_a_test()
    {
        Assert.SkipWhen(SharedFolder.RepositoryRoot is null, "needs the sources of the tests beside the repository root");
        Dictionary<string, string> sources = Directory
            .EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot!, "tests", "GoNoGo.Learning.Tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != nameof(OperatorCoverageTests) + ".cs")
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        HashSet<string> interpolations = [.. InterpolateTests.Cases().Select(row => row.Data.Item1)];

        bool IsRun(string name) =>
            interpolations.Contains(name)
            || sources.Values.Any(source => source.Contains($"\"{name}\"", StringComparison.Ordinal))
            || Families.Any(family => name.StartsWith(family.Prefix, StringComparison.Ordinal)
                && sources[family.Tests.Name].Contains($"\"{family.Prefix}\"", StringComparison.Ordinal));

        string[] cases = [.. Goldens.Open("golden/ops.safetensors").CaseNames];
        Assert.NotEmpty(cases);
        Assert.Equal([], cases.Where(name => !IsRun(name)));
    }
}
