using System.Runtime.CompilerServices;
using System.Text;

namespace GoNoGo.Tensors;

/// <summary>
/// The extent of a dense, row-major tensor: 0 (a scalar) to 5 dimensions, outermost first.
/// A value type without an array, so that taking shapes apart never allocates.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest number of dimensions of a tensor.</summary>
    public const int MaxRank = 5;

    private readonly int _d0;
    private readonly int _d1;
    private readonly int _d2;
    private readonly int _d3;
    private readonly int _d4;

    /// <summary>A one-dimensional shape <c>[d0]</c>.</summary>
    public Shape(int d0) : this(1, d0, 1, 1, 1, 1) { }

    /// <summary>A two-dimensional shape <c>[d0, d1]</c>.</summary>
    public Shape(int d0, int d1) : this(2, d0, d1, 1, 1, 1) { }

    /// <summary>A three-dimensional shape <c>[d0, d1, d2]</c>.</summary>
    public Shape(int d0, int d1, int d2) : this(3, d0, d1, d2, 1, 1) { }

    /// <summary>A four-dimensional shape <c>[d0, d1, d2, d3]</c>.</summary>
    public Shape(int d0, int d1, int d2, int d3) : this(4, d0, d1, d2, d3, 1) { }

    /// <summary>A five-dimensional shape <c>[d0, d1, d2, d3, d4]</c>.</summary>
    public Shape(int d0, int d1, int d2, int d3, int d4) : this(5, d0, d1, d2, d3, d4) { }

    /// <summary>A shape with the given dimensions, outermost first.</summary>
    /// <exception cref="ArgumentException">More than five dimensions, or a negative one.</exception>
    public Shape(ReadOnlySpan<int> dimensions) : this(
        dimensions.Length,
        dimensions.Length > 0 ? dimensions[0] : 1,
        dimensions.Length > 1 ? dimensions[1] : 1,
        dimensions.Length > 2 ? dimensions[2] : 1,
        dimensions.Length > 3 ? dimensions[3] : 1,
        dimensions.Length > 4 ? dimensions[4] : 1)
    { }

    private Shape(int rank, int d0, int d1, int d2, int d3, int d4)
    {
        if (rank > MaxRank)
        {
            throw new ArgumentException($"Shape: at most {MaxRank} dimensions, got {rank}.");
        }

        if ((d0 | d1 | d2 | d3 | d4) < 0)
        {
            throw new ArgumentException("Shape: a dimension is negative.");
        }

        Rank = rank;
        _d0 = d0;
        _d1 = d1;
        _d2 = d2;
        _d3 = d3;
        _d4 = d4;
        // Checked: five dimensions of 2^31 do not fit 64 bits.
        // A zero anywhere makes it empty, however large the others are.
        bool empty = rank > 0 && (d0 == 0 || (rank > 1 && d1 == 0) || (rank > 2 && d2 == 0) || (rank > 3 && d3 == 0) || (rank > 4 && d4 == 0));
        ElementCount = empty ? 0 : checked((long)d0 * d1 * d2 * d3 * d4);
    }

    /// <summary>A scalar: no dimensions, one element.</summary>
    public static Shape Scalar => new(ReadOnlySpan<int>.Empty);

    /// <summary>The number of dimensions.</summary>
    public int Rank { get; }

    /// <summary>The product of all dimensions (64-bit: weights beyond 2^31 elements exist).</summary>
    public long ElementCount { get; }

    /// <summary>The dimension at <paramref name="axis"/>; a negative axis counts from the end (-1 = innermost).</summary>
    public int this[int axis]
    {
        get
        {
            int index = axis < 0 ? axis + Rank : axis;
            if ((uint)index >= (uint)Rank)
            {
                throw new ArgumentOutOfRangeException(nameof(axis), $"Shape {this} has no axis {axis}.");
            }

            return index switch { 0 => _d0, 1 => _d1, 2 => _d2, 3 => _d3, _ => _d4 };
        }
    }

    /// <summary>The product of the dimensions from <paramref name="start"/> (inclusive) to <paramref name="end"/> (exclusive).</summary>
    public long Product(int start, int end)
    {
        long product = 1;
        for (int axis = start; axis < end; axis++)
        {
            product *= this[axis];
        }

        return product;
    }

    /// <summary>This shape with the dimension at <paramref name="axis"/> replaced.</summary>
    public Shape With(int axis, int dimension)
    {
        Span<int> dimensions = stackalloc int[MaxRank];
        CopyTo(dimensions);
        dimensions[axis < 0 ? axis + Rank : axis] = dimension;
        return new Shape(dimensions[..Rank]);
    }

    /// <summary>Writes the dimensions, outermost first.</summary>
    public void CopyTo(Span<int> dimensions)
    {
        for (int axis = 0; axis < Rank; axis++)
        {
            dimensions[axis] = this[axis];
        }
    }

    /// <summary>The dimensions as a new array, outermost first.</summary>
    public int[] ToArray()
    {
        var dimensions = new int[Rank];
        CopyTo(dimensions);
        return dimensions;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        Rank == other.Rank && _d0 == other._d0 && _d1 == other._d1 && _d2 == other._d2 && _d3 == other._d3 && _d4 == other._d4;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _d0, _d1, _d2, _d3, _d4);

    /// <summary>Whether two shapes have the same rank and dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The shape as <c>[2, 3, 4]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("[");
        for (int axis = 0; axis < Rank; axis++)
        {
            if (axis > 0)
            {
                text.Append(", ");
            }

            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{this[axis]}");
        }

        return text.Append(']').ToString();
    }
}
