namespace GoNoGo.Testing.Collections;

/// <summary>
/// Tests that change what the whole process uses (vector width, thread count) run alone:
/// mark them with <c>[Collection("vector width")]</c>. Compiled into every test project.
/// </summary>
[Xunit.CollectionDefinition("vector width", DisableParallelization = true)]
public sealed class VectorWidthCollection;
