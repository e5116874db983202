using GoNoGo.Detection.Backbones;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Execution;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones;

/// <summary>What holds for every backbone of the catalog, without computing anything large.</summary>
public sealed class BackboneContractTests
{
    public static TheoryData<string> Ids => [.. BackboneCatalog.Entries.Select(entry => entry.Id)];

    [Fact]
    public void IdsAreUnique() =>
        Assert.Equal(BackboneCatalog.Entries.Count, BackboneCatalog.Entries.Select(entry => entry.Id).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void AnUnknownIdListsTheKnownOnes()
    {
        BackboneException exception = Assert.Throws<BackboneException>(() => BackboneCatalog.Create("deit-bass"));
        Assert.All(BackboneCatalog.Entries, entry => Assert.Contains(entry.Id, exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void LevelsAreWhatTheGraphGives(string id)
    {
        Backbone backbone = BackboneCatalog.Create(id);
        Assert.Equal(id, backbone.Id);
        Assert.Equal(new Shape(3, backbone.InputSize, backbone.InputSize), backbone.Graph.InputShape.Item);
        Assert.Contains(backbone.Levels, level => level.Name == Backbone.LastLevel);
        Assert.Equal(backbone.Levels.Count, backbone.Levels.Select(level => level.Name).Distinct(StringComparer.Ordinal).Count());
        foreach (FeatureLevel level in backbone.Levels)
        {
            Shape expected = level.Layout == FeatureLayout.Tokens
                ? new Shape(level.Rows * level.Columns, level.Width)
                : new Shape(level.Width, level.Rows, level.Columns);
            Assert.Equal(new GraphShape(expected), backbone.Graph.Nodes[backbone.Graph.Outputs[level.Name]].Shape);
            Assert.Equal(backbone.InputSize, level.Rows * level.Stride);
        }

        BackboneException exception = Assert.Throws<BackboneException>(() => backbone.Level("nowhere"));
        Assert.Contains(Backbone.LastLevel, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void LaterLevelsNeedWhatEarlierOnesNeedAndHeadsAreIgnorable(string id)
    {
        Backbone backbone = BackboneCatalog.Create(id);
        string[] levels = [.. backbone.Levels.Select(level => level.Name)];
        int[] counts = [.. levels.Select(level => backbone.RequiredParameters(level).Count)];
        Assert.Equal(counts.Order(), counts);
        var needed = backbone.RequiredParameters(levels).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(needed, name => backbone.IsIgnorable(name));
        Assert.All(
            backbone.Graph.Parameters().Where(parameter => !needed.Contains(parameter.Name)),
            parameter => Assert.True(backbone.IsIgnorable(parameter.Name), parameter.Name));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void EveryOutputAndLabelHasItsNode(string id)
    {
        Backbone backbone = BackboneCatalog.Create(id);
        Assert.All(backbone.Graph.Labels.Concat(backbone.Graph.Outputs), name => Assert.InRange(name.Value, 0, backbone.Graph.Nodes.Count - 1));
        Assert.All(backbone.Graph.Nodes.Skip(1), node => Assert.NotEmpty(node.Inputs));
        Assert.Equal(backbone.Preprocessing.Width, backbone.InputSize);
        backbone.Preprocessing.Validate();
        backbone.ClassificationPreprocessing.Validate();
    }
}
