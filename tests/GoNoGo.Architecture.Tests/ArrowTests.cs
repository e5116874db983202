using System.Reflection;
using System.Xml.Linq;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Architecture.Tests;

/// <summary>Guards the arrows of docs/architecture.md: what an assembly really uses, and what its project may use.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["GoNoGo.Tensors"] = [],
        ["GoNoGo.Learning"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Vision"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Evaluation"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Detection"] = ["GoNoGo.Learning", "GoNoGo.Vision", "GoNoGo.Tensors"],
        ["GoNoGo"] = ["GoNoGo.Detection", "GoNoGo.Evaluation", "GoNoGo.Learning", "GoNoGo.Vision", "GoNoGo.Tensors"],
        ["GoNoGo.Cli"] = ["GoNoGo", "GoNoGo.Detection", "GoNoGo.Evaluation", "GoNoGo.Learning", "GoNoGo.Vision", "GoNoGo.Tensors"],
    };

    /// <summary>Project references, which are direct; what lies behind them comes along.</summary>
    private static readonly Dictionary<string, string[]> Direct = new()
    {
        ["GoNoGo.Tensors"] = [],
        ["GoNoGo.Learning"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Vision"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Evaluation"] = ["GoNoGo.Tensors"],
        ["GoNoGo.Detection"] = ["GoNoGo.Learning", "GoNoGo.Vision"],
        ["GoNoGo"] = ["GoNoGo.Detection", "GoNoGo.Evaluation"],
        ["GoNoGo.Cli"] = ["GoNoGo"],
    };

    public static TheoryData<string> Projects() => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void AssembliesUseOnlyWhatTheirArrowsAllow(string project)
    {
        string[] used = [.. Assembly.Load(project).GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name == "GoNoGo" || name.StartsWith("GoNoGo.", StringComparison.Ordinal))];
        Assert.Empty(used.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectsReferenceExactlyTheirArrows(string project)
    {
        string[] references = [.. Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
        Assert.Equal(Direct[project].Order(), references.Order());
    }

    /// <summary>Libraries stand on the framework alone: no package to install, native or not.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void LibrariesNeedNoPackage(string project)
    {
        string[] allowed = project == "GoNoGo.Cli" ? ["System.CommandLine", "Spectre.Console"] : [];
        Assert.Empty(Items(project, "PackageReference").Except(allowed));
    }

    /// <summary>What tests share stands on the engine and the pictures, not on a test project.</summary>
    [Theory]
    [InlineData("GoNoGo.Testing", "GoNoGo.Learning", "GoNoGo.Vision")]
    [InlineData("GoNoGo.Fuzzing", "GoNoGo.Testing")]
    public void TestLibrariesReferenceExactlyTheirArrows(string project, params string[] expected)
    {
        string[] references = [.. Items(project, "ProjectReference", "tests").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
        Assert.Equal(expected.Order(), references.Order());
    }

    /// <summary>A project that the solution does not name is neither built nor tested by a run of everything.</summary>
    [Fact]
    public void TheSolutionNamesEveryProject()
    {
        string root = Root();
        IEnumerable<string> named = XDocument.Load(Path.Combine(root, "GoNoGo.slnx")).Descendants("Project").Select(element => element.Attribute("Path")!.Value);
        IEnumerable<string> present = new[] { "src", "tests", "bench" }
            .SelectMany(folder => Directory.GetDirectories(Path.Combine(root, folder)))
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'));
        Assert.Equal(present.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheFacadeCallsNeedNoTensor()
    {
        Type[] entry = [typeof(Training.Trainer), typeof(Evaluating.Evaluator), typeof(Inspecting.Inspector), typeof(Models.ThresholdEditor), typeof(Models.ModelInfo)];
        IEnumerable<Type> signature = entry
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType));
        Assert.DoesNotContain(typeof(Tensors.Tensor), signature);
    }

    private static IEnumerable<string> Items(string project, string item, string folder = "src")
    {
        string file = Path.Combine(Root(), folder, project, project + ".csproj");
        return XDocument.Load(file).Descendants(item).Select(element => element.Attribute("Include")!.Value);
    }

    private static string Root()
    {
        string? root = SharedFolder.RepositoryRoot;
        Assert.SkipWhen(root is null, "the source tree is not beside the test");
        return root!;
    }
}
