using GoNoGo.Tensors;

namespace GoNoGo.Learning.Graphs;

/// <summary>
/// The shape of a value while the number of images B is open: <c>[B * PerImage, ..Item]</c>. Windows of an image are items of
/// their own, so <see cref="PerImage"/> is 1 everywhere but between window partition and reverse.
/// </summary>
/// <param name="Item">All dimensions but the first.</param>
/// <param name="PerImage">Items that one image has.</param>
public readonly record struct GraphShape(Shape Item, int PerImage = 1)
{
    /// <summary>Elements of one image.</summary>
    public long ElementsPerImage => Item.ElementCount * PerImage;

    /// <summary>The shape for so many images.</summary>
    public Shape For(int images)
    {
        Span<int> dimensions = stackalloc int[Shape.MaxRank];
        dimensions[0] = checked(images * PerImage);
        Item.CopyTo(dimensions[1..]);
        return new Shape(dimensions[..(Item.Rank + 1)]);
    }

    /// <summary>The shape as <c>[B, 196, 768]</c> or <c>[4 B, 49, 96]</c>.</summary>
    public override string ToString()
    {
        string first = PerImage == 1 ? "B" : FormattableString.Invariant($"{PerImage} B");
        return Item.Rank == 0 ? $"[{first}]" : $"[{first}, {Item.ToString()[1..]}";
    }
}
