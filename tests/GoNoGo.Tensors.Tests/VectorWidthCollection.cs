using Xunit;

namespace GoNoGo.Tensors.Tests;

/// <summary>Tests that force a vector width or a thread count: process-wide settings, so they run alone.</summary>
[CollectionDefinition("vector width", DisableParallelization = true)]
public sealed class VectorWidthCollection;
