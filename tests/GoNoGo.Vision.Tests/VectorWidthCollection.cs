using Xunit;

namespace GoNoGo.Vision.Tests;

/// <summary>Tests that change process-wide settings: they run one by one, and alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class VectorWidthCollection
{
    public const string Name = "vector width";
}
